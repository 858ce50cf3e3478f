// SPDX-License-Identifier: MIT
#include "cmd/parser.h"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "report/suggest.h"

namespace fid::cmd {
namespace {

/// Put in front of a word that CLI11 would read otherwise than it was typed ([::1], -5); taken off again afterwards.
constexpr char shield = '\x01';

std::string in_quotes(std::string_view word) { return "'" + std::string(word) + "'"; }

const Command* find_command(std::span<const Command* const> among, std::string_view name) {
    const auto found = std::ranges::find(among, name, &Command::name);
    return found == among.end() ? nullptr : *found;
}

/// An option as CLI11 takes it lost its value: "-c,--count" with the value in the next word?
bool takes_next_word(std::span<const Option> options, std::string_view word) {
    if (word.starts_with("--")) {
        if (word.find('=') != std::string_view::npos) return false;
        const Option* option = find_option(options, word);
        return option != nullptr && needs_value(*option);
    }
    for (std::size_t i = 1; i < word.size(); ++i) {  // a bundle: -vc 5
        const Option* option = find_option(options, std::string("-") + word[i]);
        if (option == nullptr) return false;
        if (needs_value(*option)) return i + 1 == word.size();
    }
    return false;
}

/// Walks the words, finds the command path and wishes for help or version; leaves the words that belong to the command.
struct Split {
    std::vector<const Command*> path;
    std::vector<std::string> rest;
    Wish wish = Wish::run;
    std::string unknown;  ///< a word that stands where a command should
};

void note_wish(Split& split, std::string_view word) {
    if (word == "-h") split.wish = Wish::short_help;
    if (word == "--help") split.wish = Wish::full_help;
    if ((word == "-V" || word == "--version") && split.wish == Wish::run) split.wish = Wish::version;
}

Split split_path(std::span<const std::string> words) {
    Split split;
    std::vector<Option> options = all_options(nullptr);
    bool searching = true;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::string& word = words[i];
        if (word == "--") {
            split.rest.insert(split.rest.end(), words.begin() + static_cast<std::ptrdiff_t>(i), words.end());
            break;
        }
        if (word.size() > 1 && word[0] == '-') {
            note_wish(split, word);
            split.rest.push_back(word);
            if (takes_next_word(options, word) && i + 1 < words.size()) split.rest.push_back(words[++i]);
            continue;
        }
        const bool at_top = split.path.empty();
        const Command* found = nullptr;
        if (searching) {
            if (at_top)
                found = find_command(commands(), word);
            else
                found = find_command(split.path.back()->verbs, word);
        }
        if (found != nullptr) {
            split.path.push_back(found);
            options = all_options(found);
            searching = !found->verbs.empty();
            continue;
        }
        if (at_top && split.unknown.empty()) {
            split.unknown = word;
            if (word == "help") split.wish = Wish::full_help;
            searching = split.wish == Wish::full_help && word == "help";
            continue;
        }
        searching = false;
        split.rest.push_back(word);
    }
    return split;
}

std::vector<std::string_view> all_names(std::span<const Option> options) {
    std::vector<std::string_view> names;
    for (const Option& option : options)
        for (const std::string_view name : option_names(option)) names.push_back(name);
    return names;
}

std::unexpected<Error> usage(std::string attempt, std::string subject, std::string cause, std::string hint) {
    return fail(Status::usage, std::move(attempt), std::move(subject), std::move(cause), std::move(hint));
}

std::string help_hint(const Parsed& parsed) { return "see '" + parsed.title() + " --help'"; }

std::unexpected<Error> unknown_command(std::string_view word, std::span<const Command* const> among) {
    std::vector<std::string_view> names;
    for (const Command* command : among) names.push_back(command->name);
    std::string hint = report::did_you_mean(word, names);
    if (hint.empty()) hint = "'fid --help' lists the commands";
    return usage("unknown command", in_quotes(word), {}, std::move(hint));
}

/// Does CLI11 read this word as something else than typed? Bracketed words lose their brackets, negative numbers are
/// taken for options.
bool needs_shield(std::span<const Option> options, std::string_view word) {
    if (word.size() > 1 && word.front() == '[' && word.back() == ']') return true;
    return word.size() > 1 && word[0] == '-' && word[1] >= '0' && word[1] <= '9' &&
           find_option(options, word.substr(0, 2)) == nullptr;
}

/// The option and the value of "--json=FORMAT", where that is an option that needs none.
struct Optional {
    const Option* option = nullptr;
    std::string name, value;
};
Optional split_optional(std::span<const Option> options, const std::string& word) {
    const std::size_t equals = word.find('=');
    if (!word.starts_with("--") || equals == std::string::npos) return {};
    Optional split{nullptr, word.substr(0, equals), word.substr(equals + 1)};
    const Option* const found = find_option(options, split.name);
    if (found != nullptr && !needs_value(*found)) split.option = found;
    return split;
}

std::string unshielded(std::string word) {
    if (!word.empty() && word[0] == shield) word.erase(0, 1);
    return word;
}

}  // namespace

std::string Parsed::title() const {
    std::string title = "fid";
    for (const Command* command : path) title += " " + std::string(command->name);
    return title;
}

std::vector<std::string_view> option_names(const Option& option) {
    std::vector<std::string_view> names;
    std::string_view rest = option.names;
    while (!rest.empty()) {
        const std::size_t comma = rest.find(',');
        names.push_back(rest.substr(0, comma));
        rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma + 1);
    }
    return names;
}

const Option* find_option(std::span<const Option> options, std::string_view name) {
    for (const Option& option : options)
        if (std::ranges::count(option_names(option), name) != 0) return &option;
    return nullptr;
}

std::vector<Option> all_options(const Command* command) {
    std::vector<Option> options;
    if (command != nullptr) options = command->options;
    const std::size_t own = options.size();
    for (const Option& common : common_options()) {
        // A name the command uses for itself (grep's -v) is not the common option's there.
        std::string_view kept;
        for (const std::string_view name : option_names(common))
            if (find_option(std::span(options).first(own), name) == nullptr) kept = kept.empty() ? name : common.names;
        if (kept.empty()) continue;
        options.push_back(common);
        options.back().names = kept;
    }
    return options;
}

Result<void> Parser::parse(std::span<const std::string> words, Parsed& parsed) {
    Split split = split_path(words);
    parsed.path = split.path;
    parsed.wish = split.wish;
    if (parsed.path.empty()) {
        if (!split.unknown.empty() && split.unknown != "help") return unknown_command(split.unknown, commands());
        if (parsed.wish == Wish::run) {
            for (const std::string& word : split.rest)
                if (find_option(common_options(), word) == nullptr)
                    return usage("unknown option", in_quotes(word), {},
                                 report::did_you_mean(word, all_names(common_options())));
            parsed.wish = Wish::short_help;
        }
    }
    if (split.unknown == "help" && !split.rest.empty()) {
        return unknown_command(split.rest[0], parsed.path.empty()
                                                  ? commands()
                                                  : std::span<const Command* const>(parsed.path.back()->verbs));
    }
    if (parsed.wish != Wish::run) return {};

    const std::vector<Option> options = all_options(parsed.path.back());
    if (auto read = read_words(options, split.rest, parsed); !read) return read;
    if (auto checked = check_values(options, parsed); !checked) return checked;
    return check_words(parsed);
}

/// CLI11's part: options and words of one flat command, all values as text.
Result<void> Parser::read_words(std::span<const Option> options, std::span<const std::string> words, Parsed& parsed) {
    Arguments& args = parsed.args;
    CLI::App app;
    app.set_help_flag();
    std::vector<CLI::Option*> bound;
    args.slots_.resize(options.size());
    for (std::size_t i = 0; i < options.size(); ++i) {
        const std::string names(options[i].names);
        for (const std::string_view name : option_names(options[i])) args.index_.emplace(name, i);
        args.slots_[i].fallback = options[i].fallback;
        if (is_plus_word(options[i])) {
            bound.push_back(nullptr);
        } else if (!needs_value(options[i])) {
            bound.push_back(app.add_flag(names));
        } else {
            bound.push_back(app.add_option(names, args.slots_[i].values)
                                ->expected(1)
                                ->allow_extra_args(false)
                                ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll));
        }
    }
    app.add_option("words", args.words_);

    std::vector<std::string> reversed;  // CLI11 takes them last first
    bool literal = false;
    for (const std::string& word : words) {
        literal = literal || word == "--";
        Optional optional = literal ? Optional() : split_optional(options, word);
        if (optional.option != nullptr && !may_have_value(*optional.option))
            return usage("", optional.name + " takes no value", {}, help_hint(parsed));
        if (optional.option != nullptr) {
            args.slots_[static_cast<std::size_t>(optional.option - options.data())].values.push_back(
                std::move(optional.value));
            reversed.push_back(std::move(optional.name));
        } else {
            reversed.push_back(!literal && needs_shield(options, word) ? shield + word : word);
        }
    }
    std::ranges::reverse(reversed);
    try {
        app.parse(reversed);
    } catch (const CLI::ExtrasError&) {
        const std::vector<std::string> left = app.remaining();
        const std::string word =
            left.empty() ? std::string() : unshielded(left.front().substr(0, left.front().find('=')));
        // A mistyped verb leaves its options to the command, which does not know them.
        std::vector<std::string_view> verbs;
        for (const Command* verb : parsed.path.back()->verbs) verbs.push_back(verb->name);
        const std::string near = words.front().starts_with('-') ? "" : report::did_you_mean(words.front(), verbs);
        if (!near.empty()) return usage("unknown command", in_quotes(words.front()), {}, near);
        std::string hint = report::did_you_mean(word, all_names(options));
        return usage("unknown option", in_quotes(word), {}, hint.empty() ? help_hint(parsed) : std::move(hint));
    } catch (const CLI::ArgumentMismatch& mismatch) {
        const std::string_view text = mismatch.what();
        const Option* option = find_option(options, text.substr(0, text.find(':')));
        if (option == nullptr || !needs_value(*option)) return usage("", std::string(text), {}, help_hint(parsed));
        return usage("", std::string(option_names(*option).back()) + " needs a value", {},
                     std::string(option->value) + ": " + std::string(option->help));
    } catch (const CLI::ParseError& error) {
        return usage("", error.what(), {}, help_hint(parsed));
    }
    for (std::size_t i = 0; i < options.size(); ++i) {
        if (bound[i] != nullptr) args.slots_[i].count = bound[i]->count();
        for (std::string& value : args.slots_[i].values) value = unshielded(std::move(value));
    }
    for (std::string& word : args.words_) word = unshielded(std::move(word));
    return {};
}

/// Choices, and options that may stand only once.
Result<void> Parser::check_values(std::span<const Option> options, const Parsed& parsed) {
    for (std::size_t i = 0; i < options.size(); ++i) {
        const Option& option = options[i];
        const Arguments::Slot& slot = parsed.args.slots_[i];
        if (option.value.empty()) continue;
        const std::string name(option_names(option).back());
        const std::size_t given = needs_value(option) ? slot.count : slot.values.size();
        if (given > 1 && !option.repeatable) return usage("", name + " is given more than once", {}, help_hint(parsed));
        for (const std::string& value : slot.values) {
            if (option.choices.empty() || std::ranges::count(option.choices, std::string_view(value)) != 0) continue;
            std::string hint = report::did_you_mean(value, option.choices);
            if (hint.empty()) {
                hint = "choose from:";
                for (const std::string_view choice : option.choices) hint += " " + std::string(choice);
            }
            return usage(name + " cannot be", in_quotes(value), {}, std::move(hint));
        }
    }
    return {};
}

Result<void> Parser::check_words(const Parsed& parsed) {
    const Command& command = *parsed.path.back();
    const std::vector<std::string>& words = parsed.args.words_;
    if (command.run == nullptr) {
        if (words.empty()) return usage("missing verb", {}, {}, help_hint(parsed));
        return unknown_command(words[0], command.verbs);
    }
    std::size_t required = 0;
    bool endless = false;
    for (const Positional& positional : command.positionals) {
        if (positional.required) ++required;
        endless = endless || positional.repeatable;
    }
    if (words.size() < required)
        return usage("missing", std::string(command.positionals[words.size()].name), {}, help_hint(parsed));
    if (!endless && words.size() > command.positionals.size())
        return usage("too many words:", in_quotes(words[command.positionals.size()]), {}, help_hint(parsed));
    return {};
}

std::size_t Arguments::count(std::string_view name) const {
    const auto found = index_.find(name);
    return found == index_.end() ? 0 : slots_[found->second].count;
}

std::string_view Arguments::value(std::string_view name) const {
    const auto found = index_.find(name);
    if (found == index_.end()) return {};
    const Slot& slot = slots_[found->second];
    return slot.values.empty() ? std::string_view(slot.fallback) : std::string_view(slot.values.back());
}

const std::vector<std::string>& Arguments::values(std::string_view name) const {
    static const std::vector<std::string> none;
    const auto found = index_.find(name);
    return found == index_.end() ? none : slots_[found->second].values;
}

}  // namespace fid::cmd
