// SPDX-License-Identifier: MIT
#include "cmd/run.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdlib>

#include "cmd/complete.h"
#include "cmd/help.h"
#include "cmd/parser.h"
#include "report/interrupt.h"
#include "report/suggest.h"
#include "report/terminal.h"

namespace fid::cmd {
namespace {

/// Columns for help: the terminal's, else COLUMNS, else 80; never more than 100, which is hard to read.
std::size_t help_width() {
    std::size_t width = 80;
    constexpr std::size_t least = 40;  // narrower than that every line breaks
    if (const auto wide = report::terminal_columns(STDOUT_FILENO); wide && *wide >= least) {
        width = *wide;
    } else if (const char* columns = std::getenv("COLUMNS"); columns != nullptr) {
        const std::string_view text(columns);
        std::size_t value = 0;
        if (std::from_chars(text.data(), text.data() + text.size(), value).ec == std::errc() && value >= least)
            width = value;
    }
    return std::min<std::size_t>(width, 100);
}

report::ColorChoice color_choice(std::string_view word) {
    if (word == "always") return report::ColorChoice::always;
    if (word == "never") return report::ColorChoice::never;
    return report::ColorChoice::automatic;
}

std::vector<std::string> split_list(std::string_view list) {
    std::vector<std::string> parts;
    while (!list.empty()) {
        const std::size_t comma = list.find(',');
        if (comma != 0) parts.emplace_back(list.substr(0, comma));
        list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
    }
    return parts;
}

report::OutputOptions output_options(const Arguments& args) {
    report::OutputOptions options;
    if (args.has("--json")) options.format = report::Format::json;
    if (args.has("--csv")) options.format = report::Format::csv;
    options.fields = split_list(args.value("--fields"));
    options.color = color_choice(args.value("--color"));
    options.quiet = args.has("--quiet");
    return options;
}

/// Writes a text that is all of the result: help, the version, candidates.
int print(std::string_view text) {
    report::Output out(STDOUT_FILENO, {});
    out.text().put(text);
    out.flush();
    return static_cast<int>(out.write_error().empty() ? Status::success : Status::cannot_write);
}

int print_candidates(std::span<const std::string> words) {
    const Completion completion = complete(words);
    std::string text;
    for (const Candidate& candidate : completion.candidates) text += candidate.word + "\t" + candidate.doc + "\n";
    if (completion.files) text += ":files\n";
    return print(text);
}

/// --fields must name fields of a record the command writes; dotted names are the command's own affair.
Result<void> check_fields(const Command& command, const std::vector<std::string>& fields) {
    std::vector<std::string_view> known;
    for (const report::RecordType* type : command.records)
        for (const report::Field& one : type->fields)
            if (std::ranges::find(known, one.name) == known.end()) known.push_back(one.name);
    for (const std::string& field : fields) {
        if (field.find('.') != std::string::npos || std::ranges::find(known, field) != known.end()) continue;
        std::string hint = report::did_you_mean(field, known);
        if (hint.empty()) {
            hint = "the fields are:";
            for (const std::string_view name : known) hint.append(" ").append(name);
        }
        return fail(Status::usage, "no field", "'" + field + "'", {}, std::move(hint));
    }
    return {};
}

/// Standard descriptors that the caller closed would be given to the next file or socket, which then would be read as
/// standard input or written as standard output.
void occupy_standard_descriptors() {
    for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
        if (fcntl(descriptor, F_GETFD) == -1 && errno == EBADF)
            // Standard input is empty then; writing to the others fails, as it would have.
            [[maybe_unused]]
            const int opened = open("/dev/null", O_RDONLY);  // the lowest that is free: this one
}

int run_command(const Parsed& parsed) {
    const Command& command = *parsed.path.back();
    report::OutputOptions options = output_options(parsed.args);
    report::Diagnostics log(parsed.title(), parsed.args.has("--json") ? report::Format::json : report::Format::text,
                            options.color, options.quiet, static_cast<unsigned>(parsed.args.count("--verbose")));
    if (parsed.args.has("--json") && parsed.args.has("--csv"))
        return static_cast<int>(
            log.error({Status::usage, "--json and --csv exclude each other", {}, {}, "give one of them"}));
    if (const auto checked = check_fields(command, options.fields); !checked)
        return static_cast<int>(log.error(checked.error()));

    report::Output out(STDOUT_FILENO, std::move(options));
    Context context{parsed.args, out, log};
    Status status = command.run(context);
    out.flush();
    if (!out.write_error().empty())
        return static_cast<int>(
            log.error({Status::cannot_write, "cannot write", "standard output", out.write_error(), {}}));
    if (out.closed()) return static_cast<int>(Status::success);
    if (report::interrupted()) status = Status::interrupted;
    return static_cast<int>(status);
}

}  // namespace

int run(std::span<const std::string> words) {
    occupy_standard_descriptors();
    std::signal(SIGPIPE, SIG_IGN);  // a closed pipe is seen by write()
    report::catch_interrupts();
    if (!words.empty() && words.front() == "__complete") return print_candidates(words.subspan(1));
    Parsed parsed;
    const auto result = Parser::parse(words, parsed);
    if (!result) {
        const bool json = std::ranges::any_of(
            words, [](const std::string& word) { return word == "--json" || word.starts_with("--json="); });
        report::Diagnostics log(parsed.title(), json ? report::Format::json : report::Format::text,
                                report::ColorChoice::automatic, false, 0);
        return static_cast<int>(log.error(result.error()));
    }
    switch (parsed.wish) {
        case Wish::version:
            return print("fid " FID_VERSION "\n");
        case Wish::short_help:
        case Wish::full_help:
            return print(help(parsed.path, parsed.wish == Wish::full_help ? HelpLength::full : HelpLength::brief,
                              help_width(), report::wants_color(STDOUT_FILENO, report::ColorChoice::automatic)));
        case Wish::run:
            break;
    }
    return run_command(parsed);
}

}  // namespace fid::cmd
