// SPDX-License-Identifier: MIT
// The user's side of a session where it is a terminal: lines are edited here, with a history, and what the peer says is
// printed above the line that is being typed. In character mode every key goes to the peer and the peer draws the
// screen.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "transport/stream.h"

namespace fid::cmd::connect {

struct InteractiveOptions {
    bool edit = true;     ///< otherwise lines are left to the terminal's own few keys, and bytes pass as they are
    bool history = true;  ///< read and kept in a file
    std::optional<std::uint8_t> escape;  ///< the key that asks for a command of ours
    std::string_view prompt;             ///< of such commands
};

/// How keys reach the peer.
enum class Typing : std::uint8_t {
    line,       ///< line by line, edited and shown here
    secret,     ///< line by line, and neither shown nor remembered
    character,  ///< each at once, shown by the peer; what it sends reaches the terminal as it is
};

/// Are standard input and output one terminal?
[[nodiscard]] bool is_interactive();

class Interactive {
  public:
    [[nodiscard]] static std::shared_ptr<Interactive> make(transport::Executor executor, InteractiveOptions options);
    Interactive() = default;
    Interactive(const Interactive&) = delete;
    Interactive& operator=(const Interactive&) = delete;
    virtual ~Interactive() = default;

    /// read() gives what the user typed, write() shows what the peer sent. In lines control bytes and escape sequences
    /// are escaped; an unfinished line of the peer's (a prompt of its own) stands before what is being typed.
    [[nodiscard]] virtual transport::StreamPtr stream() = 0;
    virtual void set_typing(Typing typing) = 0;
    struct Reply {
        std::string text;      ///< lines to be shown
        bool suspend = false;  ///< then back to the shell, until it continues us
    };
    /// Told a line typed at the prompt of the escape key.
    virtual void on_command(std::function<Reply(std::string_view)> handler) = 0;
    /// Told the window's columns and rows, now and whenever they change.
    virtual void on_resize(std::function<void(unsigned, unsigned)> handler) = 0;
    /// A line of our own, above the one being typed.
    virtual void announce(std::string_view line) = 0;
    /// Puts the terminal back and keeps the history; nothing is read or written after it.
    virtual void close() = 0;
};

}  // namespace fid::cmd::connect
