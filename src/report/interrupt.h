// SPDX-License-Identifier: MIT
// Ctrl-C: the first asks the work to stop cleanly and print its summary, the second leaves at once.
#pragma once

namespace fid::report {

void catch_interrupts();
/// Long loops ask this and stop; the run's status is then 130.
[[nodiscard]] bool interrupted();

}  // namespace fid::report
