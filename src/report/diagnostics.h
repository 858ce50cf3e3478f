// SPDX-License-Identifier: MIT
// What goes to standard error: errors with their hint, warnings, notes. One JSON object per line with --json.
#pragma once

#include <string>
#include <string_view>

#include "report/error.h"
#include "report/output.h"

namespace fid::report {

class Diagnostics {
  public:
    /// `command` is what the user typed: "fid ipcalc".
    Diagnostics(std::string command, Format format, ColorChoice color, bool quiet, unsigned verbose);

    /// `fid ipcalc: <sentence>` and `  hint: ...`. Never silenced. Returns the error's status.
    Status error(const Error& error);
    /// The same shape with "warning:"; silenced by --quiet.
    void warning(std::string_view text, std::string_view hint = {});
    /// What the user asked to be told: shown without --verbose, and with --quiet too.
    void answer(std::string_view text);
    /// Shown with --verbose only.
    void note(std::string_view text);
    [[nodiscard]] unsigned verbose() const { return verbose_; }

  private:
    void tell(std::string_view type, std::string_view label, std::string_view text, std::string_view hint);

    std::string command_;
    bool json_;
    bool color_;
    bool quiet_;
    unsigned verbose_;
};

}  // namespace fid::report
