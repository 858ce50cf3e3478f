// SPDX-License-Identifier: MIT
#include "cmd/manual.h"

#include <algorithm>

#include "cmd/help.h"
#include "cmd/parser.h"

namespace fid::cmd {
namespace {

/// The date of the interface the pages describe; changed by hand when the commands change for users.
constexpr std::string_view page_date = "November 21, 2026";

/// Text as roff shows it: no escape, no macro at a line's start, plain hyphens and quotes.
std::string roff(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const bool at_start = out.empty() || out.back() == '\n';
        if (at_start && (c == '.' || c == '\'')) out += "\\&";
        switch (c) {
            case '\\':
                out += "\\e";
                break;
            case '-':
                out += "\\-";
                break;
            case '^':
                out += "\\(ha";
                break;
            case '~':
                out += "\\(ti";
                break;
            case '`':
                out += "\\(ga";
                break;
            case '"':
                out += "\\(dq";
                break;
            default:
                out += c;
        }
    }
    return out;
}

/// One argument of a macro: words that mdoc would take for a macro or punctuation are protected.
std::string argument(std::string_view text) {
    std::string out = roff(text);
    if (out.find(' ') != std::string::npos) return "\"" + out + "\"";
    const bool short_word = text.size() <= 3;  // macro names and delimiters have one to three letters
    return short_word ? "\\&" + out : out;
}

/// A line of roff, broken at blanks below the 80 bytes that mandoc's lint allows.
void put_wrapped(std::string& page, std::string_view line) {
    constexpr std::size_t longest = 79;
    while (line.size() > longest) {
        const std::size_t blank = line.rfind(' ', longest);
        if (blank == std::string_view::npos) break;
        page.append(line.substr(0, blank)).append("\n");
        line.remove_prefix(blank + 1);
        if (line.starts_with('.') || line.starts_with('\'')) page += "\\&";
    }
    page.append(line).append("\n");
}

/// Running text, each sentence from a line's start (mandoc's lint asks for it).
void put_text(std::string& page, std::string_view text) {
    while (!text.empty()) {
        const std::size_t paragraph = text.find("\n\n");
        std::string_view part = text.substr(0, paragraph);
        text.remove_prefix(paragraph == std::string_view::npos ? text.size() : paragraph + 2);
        while (!part.empty()) {
            std::size_t end = part.find(". ");
            end = end == std::string_view::npos ? part.size() : end + 1;
            std::string line = roff(part.substr(0, end));
            std::ranges::replace(line, '\n', ' ');
            put_wrapped(page, line);
            part.remove_prefix(std::min(end + 1, part.size()));
        }
        if (!text.empty()) page += ".Pp\n";
    }
}

void put_options(std::string& page, std::span<const Option> options) {
    if (options.empty()) return;
    page += ".Bl -tag -width Ds\n";
    for (const Option& option : options) {
        page += ".It";
        bool first = true;
        for (const std::string_view name : option_names(option)) {
            if (!first) page += " ,";
            page += is_plus_word(option) ? " Cm " + argument(name) : " Fl " + argument(name.substr(1));
            if (may_have_value(option))
                page += " Ns Oo = Ns Ar " + argument(option.value.substr(2, option.value.size() - 3)) + " Oc";
            else if (!option.value.empty())
                page += " Ar " + argument(option.value);
            first = false;
        }
        page += "\n";
        std::string text(option.help);
        if (!option.choices.empty() && text.find(option.choices.front()) == std::string::npos) {
            text += "; one of";
            for (const std::string_view choice : option.choices) text += " " + std::string(choice);
        }
        if (!option.fallback.empty()) text += " (default: " + std::string(option.fallback) + ")";
        put_text(page, text + ".");
    }
    page += ".El\n";
}

void put_synopsis(std::string& page, std::span<const Command* const> path) {
    std::string name = "fid";
    for (const Command* command : path) name += " " + std::string(command->name);
    page += ".Nm " + name + "\n.Op Ar options\n";
    for (const Positional& positional : path.back()->positionals) {
        page += positional.required ? ".Ar " : ".Op Ar ";
        page += argument(positional.name);
        page += positional.repeatable ? " ...\n" : "\n";
    }
}

void put_positionals(std::string& page, const Command& command) {
    if (command.positionals.empty()) return;
    page += ".Bl -tag -width Ds\n";
    for (const Positional& positional : command.positionals) {
        page += ".It Ar " + argument(positional.name) + "\n";
        put_text(page, std::string(positional.help) + ".");
    }
    page += ".El\n";
}

void put_examples(std::string& page, std::span<const Example> examples) {
    for (const Example& example : examples) {
        std::string doc(example.doc);
        if (!doc.empty() && doc[0] >= 'a' && doc[0] <= 'z') doc[0] = static_cast<char>(doc[0] - 32);
        put_text(page, doc + ":");
        page += ".Pp\n.Dl " + roff(example.line) + "\n.Pp\n";
    }
    if (page.ends_with(".Pp\n")) page.erase(page.size() - 4);
}

void put_records(std::string& page, std::span<const report::RecordType* const> types) {
    for (const report::RecordType* type : types) {
        page += ".Ss The " + std::string(type->name) + " record\n";
        put_text(page, type->doc);
        page += ".Bl -tag -width Ds\n";
        for (const report::Field& field : type->fields) {
            page += ".It Va " + argument(field.name) + "\n";
            put_text(page, std::string(field.doc) + ".");
        }
        page += ".El\n";
    }
}

std::string head(std::string_view name, std::string_view summary) {
    std::string upper(name);
    std::ranges::transform(upper, upper.begin(),
                           [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
    return ".\\\" Generated by \"./dev docs\" from the command definitions; do not edit.\n.Dd " +
           std::string(page_date) + "\n.Dt " + upper + " 1\n.Os\n.Sh NAME\n.Nm " + std::string(name) + "\n.Nd " +
           roff(summary) + "\n";
}

std::vector<ExitDoc> all_statuses(const Command& command) {
    std::vector<ExitDoc> statuses = command.statuses;
    for (const Command* verb : command.verbs)
        for (const ExitDoc& status : verb->statuses)
            if (std::ranges::find(statuses, status.status, &ExitDoc::status) == statuses.end())
                statuses.push_back(status);
    std::ranges::sort(statuses, {}, &ExitDoc::status);
    return statuses;
}

}  // namespace

std::string manual_of(const Command& command) {
    const std::vector<const Command*> path{&command};
    std::string page = head("fid-" + std::string(command.name), command.summary);
    page += ".Sh SYNOPSIS\n";
    if (command.run != nullptr) put_synopsis(page, path);
    for (const Command* verb : command.verbs) {
        const std::vector<const Command*> verb_path{&command, verb};
        put_synopsis(page, verb_path);
    }
    page += ".Sh DESCRIPTION\n";
    put_text(page, command.description);
    put_positionals(page, command);
    if (!command.options.empty()) page += ".Pp\nThe options are:\n";
    put_options(page, command.options);
    for (const Command* verb : command.verbs) {
        page += ".Ss fid " + std::string(command.name) + " " + std::string(verb->name) + "\n";
        std::string summary(verb->summary);
        summary[0] = static_cast<char>(summary[0] >= 'a' && summary[0] <= 'z' ? summary[0] - 32 : summary[0]);
        put_text(page, summary + ".");
        if (!verb->description.empty()) {
            page += ".Pp\n";
            put_text(page, verb->description);
        }
        put_positionals(page, *verb);
        put_options(page, verb->options);
    }
    page += ".Pp\nThe options every command takes are in\n.Xr fid 1 .\n";
    const auto types = record_types(command);
    if (!types.empty()) {
        page += ".Sh OUTPUT\nWith\n.Fl \\-json\neach record is one JSON object on a line, its\n.Va type\nfirst.\n";
        put_records(page, types);
    }
    const auto statuses = all_statuses(command);
    if (!statuses.empty()) {
        page += ".Sh EXIT STATUS\n.Bl -tag -width Ds\n";
        for (const ExitDoc& status : statuses) {
            page += ".It " + std::to_string(static_cast<int>(status.status)) + "\n";
            put_text(page, std::string(status.doc) + ".");
        }
        page += ".El\n";
    }
    page += ".Sh EXAMPLES\n";
    put_examples(page, command.examples);
    for (const Command* verb : command.verbs) {
        if (verb->examples.empty()) continue;
        page += ".Ss " + std::string(verb->name) + "\n";
        put_examples(page, verb->examples);
    }
    page += ".Sh SEE ALSO\n.Xr fid 1";
    for (const Command* other : commands())
        if (other != &command) page += " ,\n.Xr fid-" + std::string(other->name) + " 1";
    page += "\n";
    return page;
}

std::string manual_of_fid() {
    std::string page = head("fid", "look at, talk to and serve the network");
    page += ".Sh SYNOPSIS\n.Nm\n.Ar command\n.Op Ar options\n.Ar ...\n.Sh DESCRIPTION\n";
    put_text(
        page,
        "One command with one grammar, one kind of output and one table of exit statuses for the work of many tools. "
        "Results go to standard output, everything else to standard error.");
    page += ".Pp\nThe commands are:\n.Bl -tag -width Ds\n";
    for (const Command* command : commands()) {
        page += ".It Xr fid-" + std::string(command->name) + " 1\n";
        std::string summary(command->summary);
        summary[0] = static_cast<char>(summary[0] >= 'a' && summary[0] <= 'z' ? summary[0] - 32 : summary[0]);
        put_text(page, summary + ".");
    }
    page += ".El\n.Pp\nThe options every command takes, before or after its name, are:\n";
    put_options(page, common_options());
    page +=
        ".Sh ENVIRONMENT\n.Bl -tag -width Ds\n"
        ".It Ev NO_COLOR\nIf set and not empty, no colour unless\n.Fl \\-color\nasks for it.\n"
        ".It Ev CLICOLOR_FORCE , Ev FORCE_COLOR\nIf set and not empty, colour even where the output is no terminal.\n"
        ".It Ev COLUMNS\nThe width of help pages where the terminal does not tell.\n.El\n";
    page += ".Sh EXIT STATUS\n.Bl -tag -width Ds\n";
    for (const StatusDoc& status : status_table()) {
        page += ".It " + std::to_string(static_cast<int>(status.status)) + "\n";
        put_text(page, status.doc);
    }
    page += ".El\n.Sh SEE ALSO\n";
    for (std::size_t i = 0; i < commands().size(); ++i) {
        page += ".Xr fid-" + std::string(commands()[i]->name) + " 1";
        page += i + 1 < commands().size() ? " ,\n" : "\n";
    }
    return page;
}

}  // namespace fid::cmd
