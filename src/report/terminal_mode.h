// SPDX-License-Identifier: MIT
// A terminal that does not edit lines itself for a while, and is as it was afterwards: at the end of the program, also
// by a signal, and while it is suspended.
#pragma once

#include <termios.h>

#include <cstdint>

namespace fid::report {

/// At most one at a time.
class TerminalMode {
  public:
    enum class Kind : std::uint8_t {
        former,   ///< as it was found
        editing,  ///< each key at once and no echo; Ctrl-C and Ctrl-Z are still signals
        raw,      ///< every byte as it is, both ways
    };
    /// Remembers how the terminal is. `descriptor` outlives this.
    explicit TerminalMode(int descriptor);
    TerminalMode(const TerminalMode&) = delete;
    TerminalMode& operator=(const TerminalMode&) = delete;
    ~TerminalMode();

    void set(Kind kind);
    [[nodiscard]] Kind kind() const { return kind_; }
    /// Again, after the terminal was somebody else's (SIGCONT).
    void renew() { set(kind_); }

  private:
    int descriptor_;
    termios former_{};
    Kind kind_ = Kind::former;
};

/// Gives the terminal its former mode now. Safe in a signal handler: for who leaves without destroying anything.
void restore_terminal();

}  // namespace fid::report
