// SPDX-License-Identifier: MIT
// Ctrl-C: the first asks the work to stop cleanly and print its summary, the second leaves at once.
#pragma once

namespace fid::report {

void catch_interrupts();
/// SIGTERM does the same, for who serves until told to end: that is no interruption, and the status stays as it is.
void catch_termination();
/// Ctrl-C or SIGTERM has come.
[[nodiscard]] bool asked_to_end();
/// Long loops ask this and stop; the run's status is then 130.
[[nodiscard]] bool interrupted();
/// Becomes readable, and stays so, at the first of these signals: for loops that wait in epoll or poll; -1 where the
/// system has no descriptor left.
[[nodiscard]] int interrupt_descriptor();

}  // namespace fid::report
