// SPDX-License-Identifier: MIT
// The language of `fid connect --script`: a line is a command and its arguments. A script is read whole before anything
// is dialled, so that a fault in its last line costs nobody a connection. The manual's paragraphs about it stand in
// script.cc.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "report/error.h"

namespace re2 {
class RE2;
}

namespace fid::cmd::connect {

/// A part of a text: bytes as they are, or the name of what stands there when the step is done.
struct TextPart {
    enum class Kind : std::uint8_t { bytes, variable, environment };
    Kind kind = Kind::bytes;
    std::string text;
};
using TextParts = std::vector<TextPart>;

enum class ScriptCommand : std::uint8_t {
    send,        ///< bytes, one datagram or one message
    sendline,    ///< the same with CR LF behind
    expect,      ///< wait for a text, or for what matches an expression
    capture,     ///< the same, and keep group 1 (or all of it) as a variable
    expect_eof,  ///< wait for the peer's end
    close,       ///< say that nothing more is sent
    sleep,
    timeout,  ///< for each of the following steps
    set,
    print,
};

[[nodiscard]] std::string_view name_of(ScriptCommand command);

struct ScriptStep {
    ScriptCommand command = ScriptCommand::send;
    std::size_t line = 0;  ///< from 1
    std::string name;      ///< the variable of set and capture
    TextParts text;
    std::shared_ptr<const re2::RE2> pattern;                  ///< expect and capture; null where a text is expected
    std::vector<std::pair<std::string, std::size_t>> groups;  ///< the pattern's named groups and their numbers
    std::string source;               ///< the argument as it was written, for messages: /id=(\d+)/
    std::chrono::nanoseconds time{};  ///< sleep, timeout
};

/// What a script may refer to besides what it sets itself.
struct ScriptSurroundings {
    std::map<std::string, std::string, std::less<>> variables;  ///< --set
    std::function<std::optional<std::string>(const std::string&)> environment = [](auto&) { return std::nullopt; };
};

/// A name of letters, digits and _, not beginning with a digit; ENV means the environment and is none.
[[nodiscard]] bool is_variable_name(std::string_view name);

/// Status bad_input; the subject of the error is "FILE:LINE:COLUMN", columns counted in bytes from 1.
[[nodiscard]] Result<std::vector<ScriptStep>> read_script(std::string_view file, std::string_view text,
                                                          const ScriptSurroundings& surroundings);

}  // namespace fid::cmd::connect
