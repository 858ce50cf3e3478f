// SPDX-License-Identifier: MIT
#include "cmd/help.h"

#include <algorithm>

#include "cmd/parser.h"

namespace fid::cmd {
namespace {

class Page {
  public:
    Page(std::size_t width, bool color) : width_(width), color_(color) {}

    void heading(std::string_view text) {
        if (!text_.empty()) text_ += '\n';
        if (color_) text_ += "\x1b[1m";
        text_ += text;
        if (color_) text_ += "\x1b[0m";
        text_ += '\n';
    }
    /// Paragraphs separated by "\n\n", each wrapped.
    void paragraphs(std::string_view text) {
        while (!text.empty()) {
            const std::size_t end = text.find("\n\n");
            wrap(text.substr(0, end), 2);
            text.remove_prefix(end == std::string_view::npos ? text.size() : end + 2);
            if (!text.empty()) text_ += '\n';
        }
    }
    /// "  left   right", the right side wrapped at its column; on a line of its own where left is too wide.
    void row(std::string_view left, std::string_view right, std::size_t column) {
        text_ += "  ";
        if (color_) text_ += "\x1b[36m";
        text_ += left;
        if (color_) text_ += "\x1b[0m";
        std::size_t at = 2 + left.size();
        if (at + 2 > column) {
            text_ += '\n';
            at = 0;
        }
        text_.append(column - at, ' ');
        wrap(right, column, column);
    }
    void line(std::string_view text) {
        text_ += text;
        text_ += '\n';
    }
    /// Words one behind the other, as many in a line as there is room for.
    void words(std::string_view text) { wrap(text, 2); }
    [[nodiscard]] std::ptrdiff_t lines() const { return std::ranges::count(text_, '\n'); }
    std::string take() { return std::move(text_); }

  private:
    void wrap(std::string_view text, std::size_t indent, std::size_t at = 0) {
        bool first = true;
        while (!text.empty()) {
            const std::size_t end = std::min(text.find_first_of(" \n"), text.size());
            const std::string_view word = text.substr(0, end);
            text.remove_prefix(std::min(end + 1, text.size()));
            if (word.empty()) continue;
            if (at < indent) {
                text_.append(indent - at, ' ');
                at = indent;
            } else if (!first && at + 1 + word.size() > width_) {
                text_ += '\n';
                text_.append(indent, ' ');
                at = indent;
            } else if (!first) {
                text_ += ' ';
                ++at;
            }
            text_ += word;
            at += word.size();
            first = false;
        }
        text_ += '\n';
    }

    std::string text_;
    std::size_t width_;
    bool color_;
};

std::string option_label(const Option& option) {
    std::string label;
    for (const std::string_view name : option_names(option)) {
        if (!label.empty())
            label += ", ";
        else if (name.starts_with("--"))
            label += "    ";
        label += name;
    }
    if (needs_value(option)) label += " ";
    label += option.value;
    return label;
}

std::string option_text(const Option& option) {
    std::string text(option.help);
    if (!option.choices.empty() && text.find(option.choices.front()) == std::string::npos) {
        text += ":";
        for (const std::string_view choice : option.choices) text += " " + std::string(choice);
    }
    if (!option.fallback.empty()) text += " [" + std::string(option.fallback) + "]";
    return text;
}

/// The last `folded` groups are told by the names of their options alone.
void put_options(Page& page, std::span<const Option> options, std::size_t folded = 0) {
    constexpr std::size_t widest_column = 30;
    std::size_t column = 0;
    std::vector<std::string_view> groups;
    for (const Option& option : options) {
        column = std::max(column, 2 + option_label(option).size() + 2);
        if (std::ranges::find(groups, option.group) == groups.end()) groups.push_back(option.group);
    }
    column = std::min(column, widest_column);
    std::size_t left = groups.size();
    for (const std::string_view group : groups) {
        page.heading(group);
        std::string names;
        const bool fold = left-- <= folded;
        for (const Option& option : options) {
            if (option.group != group) continue;
            if (fold)
                names += (names.empty() ? "" : " ") + std::string(option_names(option).back());
            else
                page.row(option_label(option), option_text(option), column);
        }
        if (fold) page.words(names);
    }
}

std::size_t group_count(std::span<const Option> options) {
    std::vector<std::string_view> groups;
    for (const Option& option : options)
        if (std::ranges::find(groups, option.group) == groups.end()) groups.push_back(option.group);
    return groups.size();
}

/// All of them where they fit; otherwise as many groups as do, the first ones, and of the others the names.
void put_options_in_short(Page& page, std::span<const Option> options) {
    constexpr std::ptrdiff_t screen = 50;
    const std::size_t groups = group_count(options);
    for (std::size_t folded = 0;; ++folded) {
        Page trial = page;
        put_options(trial, options, folded);
        if (trial.lines() > screen && folded < groups) continue;
        page = std::move(trial);
        return;
    }
}

void put_pairs(Page& page, const std::vector<std::pair<std::string_view, std::string_view>>& pairs) {
    std::size_t column = 0;
    for (const auto& [left, right] : pairs) column = std::max(column, 2 + left.size() + 2);
    column = std::min<std::size_t>(column, 30);
    for (const auto& [left, right] : pairs) page.row(left, right, column);
}

void put_examples(Page& page, std::span<const Example> examples, std::size_t most) {
    if (examples.empty()) return;
    page.heading("Examples");
    std::vector<std::pair<std::string_view, std::string_view>> pairs;
    for (const Example& example : examples.first(std::min(most, examples.size())))
        pairs.emplace_back(example.line, example.doc);
    std::size_t column = 0;
    for (const auto& [left, right] : pairs) column = std::max(column, 2 + left.size() + 2);
    for (const auto& [left, right] : pairs) page.row(left, right, std::min<std::size_t>(column, 52));
}

/// Short enough for any screen, so there is only one length of it: a few examples, and what the common options do is
/// told by each command's help.
std::string top_help(std::size_t width, bool color) {
    Page page(width, color);
    page.line("fid - one command for looking at, talking to and serving the network");
    std::vector<Example> first;
    for (const Command* command : commands())
        if (!command->examples.empty()) first.push_back(command->examples.front());
    constexpr std::size_t few = 3;
    put_examples(page, first, few);
    page.heading("Commands");
    std::vector<std::pair<std::string_view, std::string_view>> pairs;
    for (const Command* command : commands()) pairs.emplace_back(command->name, command->summary);
    put_pairs(page, pairs);
    page.heading("Usage");
    page.line("  fid COMMAND [OPTIONS] ...");
    page.line("  Every command takes --json --csv --fields --color -q -v -h --help -V.");
    page.line("  fid COMMAND -h is its help in short, --help all of it; exit statuses: man fid");
    return page.take();
}

}  // namespace

std::string synopsis(std::span<const Command* const> path) {
    std::string line = "fid";
    for (const Command* command : path) line += " " + std::string(command->name);
    if (path.empty()) return line + " COMMAND [OPTIONS] ...";
    line += " [OPTIONS]";
    for (const Positional& positional : path.back()->positionals) {
        const std::string name = std::string(positional.name) + (positional.repeatable ? "..." : "");
        line += positional.required ? " " + name : " [" + name + "]";
    }
    return line;
}

std::vector<const report::RecordType*> record_types(const Command& command) {
    std::vector<const report::RecordType*> types = command.records;
    for (const Command* verb : command.verbs)
        for (const report::RecordType* type : record_types(*verb))
            if (std::ranges::find(types, type) == types.end()) types.push_back(type);
    return types;
}

std::string help(std::span<const Command* const> path, HelpLength length, std::size_t width, bool color) {
    if (path.empty()) return top_help(width, color);
    const Command& command = *path.back();
    const bool full = length == HelpLength::full;
    Page page(width, color);
    std::string title = "fid";
    for (const Command* one : path) title += " " + std::string(one->name);
    page.line(title + " - " + std::string(command.summary));
    constexpr std::size_t few = 4;
    put_examples(page, command.examples, full ? command.examples.size() : few);
    page.heading("Usage");
    if (command.run != nullptr) page.line("  " + synopsis(path));
    if (!command.verbs.empty()) page.line("  " + title + " VERB [OPTIONS] ...");
    if (full && !command.description.empty()) {
        page.heading("Description");
        page.paragraphs(command.description);
    }
    std::vector<std::pair<std::string_view, std::string_view>> pairs;
    for (const Positional& positional : command.positionals) pairs.emplace_back(positional.name, positional.help);
    if (!pairs.empty()) {
        page.heading("Arguments");
        put_pairs(page, pairs);
    }
    if (!command.verbs.empty()) {
        page.heading("Verbs");
        pairs.clear();
        for (const Command* verb : command.verbs) pairs.emplace_back(verb->name, verb->summary);
        put_pairs(page, pairs);
    }
    if (full)
        put_options(page, all_options(&command));
    else
        put_options_in_short(page, command.options);
    if (!full) {
        page.line("\nAlso --json --csv --fields --color -q -v; more: " + title + " --help");
        return page.take();
    }
    for (const report::RecordType* type : command.records) {
        page.heading("Fields of a '" + std::string(type->name) + "' record");
        pairs.clear();
        for (const report::Field& field : type->fields) pairs.emplace_back(field.name, field.doc);
        put_pairs(page, pairs);
    }
    if (!command.statuses.empty()) {
        page.heading("Exit status");
        for (const ExitDoc& status : command.statuses)
            page.row(std::to_string(static_cast<int>(status.status)), status.doc, 8);
    }
    return page.take();
}

}  // namespace fid::cmd
