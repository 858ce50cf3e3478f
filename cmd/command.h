// SPDX-License-Identifier: MIT
// A subcommand is data. From one Command value come the parser, --help, the man page, the completions and the list of
// output fields; nothing about a command is written down twice.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "report/diagnostics.h"
#include "report/output.h"
#include "report/record.h"
#include "report/status.h"

namespace fid::cmd {

enum class Complete : std::uint8_t { nothing, file, directory, interface, host, field };

struct Option {
    /// "-c,--count" or "--tree". "+bufsize=BYTES" only tells of a word that begins with +, which the parser leaves
    /// among the positional words for the command to read.
    std::string_view names;
    /// Placeholder "N", "FILE"; empty for a flag (which counts: -vv is 2). "[=FORMAT]" for a flag that may have a value
    /// behind an equals sign, and only there.
    std::string_view value;
    std::string_view help;                       ///< one phrase, lower case, no full stop
    std::string_view group = "Options";          ///< heading in --help: "Output", "Input", ...
    std::string_view fallback = {};              ///< the default, as the user would type it
    std::vector<std::string_view> choices = {};  ///< the only values allowed (did-you-mean otherwise)
    bool repeatable = false;                     ///< may be given several times; otherwise twice is an error
    Complete complete = Complete::nothing;
};

struct Positional {
    std::string_view name;  ///< "FILE"
    std::string_view help;
    bool required = false;
    bool repeatable = false;
    Complete complete = Complete::nothing;
};

struct Example {
    std::string_view line;  ///< "fid ipcalc 10.0.0.0/8"; run as a test in the project's root
    std::string_view doc;   ///< what it does, one phrase
    int status = 0;         ///< what it exits with
};

/// An option of a peer's that a command does not have.
struct ForeignOption {
    std::string_view names;   ///< "-Z,--parallel"
    std::string_view advice;  ///< what to use instead; shown as the hint
};

struct ExitDoc {
    Status status;
    std::string_view doc;  ///< what it means for this command
};

/// What the user typed, after parsing. Values are as typed: numbers are read by cmd/values.h, never by the parser.
class Arguments {
  public:
    /// How often a flag (or option) was given. `name` is any of its names with dashes: "-v", "--count".
    [[nodiscard]] std::size_t count(std::string_view name) const;
    [[nodiscard]] bool has(std::string_view name) const { return count(name) != 0; }
    /// The value, the fallback where it was not given, "" where there is neither.
    [[nodiscard]] std::string_view value(std::string_view name) const;
    [[nodiscard]] const std::vector<std::string>& values(std::string_view name) const;
    /// The positional words in order, those with + among them.
    [[nodiscard]] const std::vector<std::string>& words() const { return words_; }
    /// Every option as it was typed, in order, by its first name; without a value where it is a flag.
    struct Typed {
        std::string_view name;
        std::string value;
    };
    [[nodiscard]] const std::vector<Typed>& in_order() const { return order_; }

  private:
    friend class Parser;
    struct Slot {
        std::vector<std::string> values;
        std::size_t count = 0;
        std::string fallback;
    };
    std::vector<Slot> slots_;
    std::map<std::string, std::size_t, std::less<>> index_;
    std::vector<std::string> words_;
    std::vector<Typed> order_;
};

/// What a command runs with.
struct Context {
    const Arguments& args;
    report::Output& out;
    report::Diagnostics& log;
};

struct Command {
    std::string_view name;
    std::string_view summary;      ///< one line, lower case, no full stop
    std::string_view description;  ///< paragraphs separated by "\n\n", for --help and the man page
    std::vector<Positional> positionals = {};
    std::vector<Option> options = {};
    std::vector<Example> examples = {};
    std::vector<ExitDoc> statuses = {};
    std::vector<const report::RecordType*> records = {};
    std::vector<const Command*> verbs = {};  ///< nested commands: fid ipcalc split
    std::vector<std::string_view> see_also = {};
    Status (*run)(Context&) = nullptr;  ///< may be null where only the verbs run
    std::vector<ForeignOption> foreign = {};
    /// Changes the words behind the command's name before they are read: a peer's spelling, a file of options.
    Result<void> (*prepare)(std::vector<std::string>& words) = nullptr;
};

/// The registry: the only list of subcommands.
[[nodiscard]] std::span<const Command* const> commands();

/// Options every command takes, before or after its name.
[[nodiscard]] std::span<const Option> common_options();

}  // namespace fid::cmd
