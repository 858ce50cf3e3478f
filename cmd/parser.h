// SPDX-License-Identifier: MIT
// From words to a command and its arguments. The command is found first, by us; CLI11 then parses one flat command, so
// none of its subcommand rules can be met by a user.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cmd/command.h"
#include "report/error.h"

namespace fid::cmd {

enum class Wish : std::uint8_t { run, short_help, full_help, version };

struct Parsed {
    Wish wish = Wish::run;
    std::vector<const Command*> path;  ///< the command and its verb; empty: fid itself
    Arguments args;

    /// "fid ipcalc split"
    [[nodiscard]] std::string title() const;
};

class Parser {
  public:
    /// `words` without the program's name. Errors have status usage; `parsed` says how far it came even then.
    [[nodiscard]] static Result<void> parse(std::span<const std::string> words, Parsed& parsed);

  private:
    static Result<void> read_words(std::span<const Option> options, std::span<const std::string> words, Parsed& parsed);
    static Result<void> check_values(std::span<const Option> options, const Parsed& parsed);
    static Result<void> check_words(const Parsed& parsed);
};

/// The names of an option: "-c,--count" is {"-c", "--count"}.
[[nodiscard]] std::vector<std::string_view> option_names(const Option& option);
/// Is it one of the words with + that the command reads itself?
[[nodiscard]] inline bool is_plus_word(const Option& option) { return option.names.starts_with('+'); }
/// May it have a value behind an equals sign, and only there: --json[=FORMAT]?
[[nodiscard]] inline bool may_have_value(const Option& option) { return option.value.starts_with("[="); }
/// Is a value of it needed, in the next word or behind an equals sign?
[[nodiscard]] inline bool needs_value(const Option& option) { return !option.value.empty() && !may_have_value(option); }
/// The options a command takes itself, then the common ones it does not shadow (whose names it leaves free).
[[nodiscard]] std::vector<Option> all_options(const Command* command);
/// Is the value of the option that this word ends with in the next word ("-c", "--count", "-vc")?
[[nodiscard]] bool takes_next_word(std::span<const Option> options, std::string_view word);
[[nodiscard]] const Option* find_option(std::span<const Option> options, std::string_view name);

}  // namespace fid::cmd
