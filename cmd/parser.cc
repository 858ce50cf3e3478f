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

/// An option of a peer's, alone or as a bundle of short ones with their value (-Z3).
const ForeignOption* find_foreign(const Command& command, std::string_view word) {
    for (const ForeignOption& foreign : command.foreign) {
        const Option as_option{.names = foreign.names, .value = {}, .help = {}};
        for (const std::string_view name : option_names(as_option))
            if (name == word || (name.size() == 2 && word.starts_with(name) && !word.starts_with("--")))
                return &foreign;
    }
    return nullptr;
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
    if (word == "{}" || word == "++") return true;  // an empty vector, and the end of a subcommand
    return word.size() > 1 && word[0] == '-' && word[1] >= '0' && word[1] <= '9' &&
           find_option(options, word.substr(0, 2)) == nullptr;
}

/// The words as CLI11 takes them: each option and each value in a word of its own, so that it has nothing to divide,
/// and an empty value (--data=) is one. What is no option of ours stays as it was typed.
class Divider {
  public:
    explicit Divider(std::span<const Option> options) : options_(options) {}

    void divide(std::span<const std::string> typed) {
        for (std::size_t i = 0; i < typed.size(); ++i) {
            const std::string& word = typed[i];
            if (word == "--") {
                words.insert(words.end(), typed.begin() + static_cast<std::ptrdiff_t>(i), typed.end());
                return;
            }
            if (word.size() < 2 || word[0] != '-' || needs_shield(options_, word)) {
                words.push_back(needs_shield(options_, word) ? shield + word : word);
                continue;
            }
            const Option* const open = word.starts_with("--") ? long_option(word) : bundle(word);
            if (open != nullptr && i + 1 < typed.size()) put_value(*open, typed[++i]);
        }
    }

    std::vector<std::string> words;
    std::vector<Arguments::Typed> order;
    std::vector<std::pair<const Option*, std::string>> optional;  ///< --json=FORMAT: values of options that need none
    std::string overfull;                                         ///< an option that takes no value but has one

  private:
    void put_name(const Option& option, std::string name) {
        words.push_back(std::move(name));
        if (!needs_value(option)) order.push_back({option_names(option).front(), {}});
    }
    void put_value(const Option& option, std::string_view value) {
        order.push_back({option_names(option).front(), std::string(value)});
        words.push_back(shield + std::string(value));
    }

    /// --name, --name=value; gives the option whose value the next word is.
    const Option* long_option(const std::string& word) {
        const std::size_t equals = word.find('=');
        const bool has_value = equals != std::string::npos;
        const Option* const option = find_option(options_, word.substr(0, equals));
        if (option == nullptr) {
            words.push_back(word);
            return nullptr;
        }
        put_name(*option, word.substr(0, equals));
        if (needs_value(*option)) {
            if (has_value) put_value(*option, std::string_view(word).substr(equals + 1));
            return has_value ? nullptr : option;
        }
        if (has_value && may_have_value(*option)) optional.emplace_back(option, word.substr(equals + 1));
        if (has_value && !may_have_value(*option)) overfull = word.substr(0, equals);
        return nullptr;
    }

    /// -v, -vc5, -vc; gives the option whose value the next word is.
    const Option* bundle(const std::string& word) {
        std::size_t end = 1;  // of the letters
        const Option* last = nullptr;
        do {
            last = find_option(options_, std::string{'-', word[end]});
            if (last == nullptr) {
                words.push_back(word);
                return nullptr;
            }
            ++end;
        } while (end < word.size() && !needs_value(*last));
        for (std::size_t at = 1; at < end; ++at) {
            const std::string name = {'-', word[at]};
            put_name(*find_option(options_, name), name);
        }
        if (!needs_value(*last)) return nullptr;
        if (end == word.size()) return last;
        put_value(*last, std::string_view(word).substr(end));
        return nullptr;
    }

    std::span<const Option> options_;
};

std::string unshielded(std::string word) {
    if (!word.empty() && word[0] == shield) word.erase(0, 1);
    return word;
}

}  // namespace

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
    if (parsed.path.back()->prepare != nullptr)
        if (auto prepared = parsed.path.back()->prepare(split.rest); !prepared) return prepared;
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

    Divider divider(options);
    divider.divide(words);
    if (!divider.overfull.empty()) return usage("", divider.overfull + " takes no value", {}, help_hint(parsed));
    for (auto& [option, value] : divider.optional)
        args.slots_[static_cast<std::size_t>(option - options.data())].values.push_back(std::move(value));
    args.order_ = std::move(divider.order);
    std::vector<std::string> reversed = std::move(divider.words);
    std::ranges::reverse(reversed);  // CLI11 takes them last first
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
        if (const ForeignOption* const foreign = find_foreign(*parsed.path.back(), word))
            return usage("there is no", std::string(word), {}, std::string(foreign->advice));
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
