// SPDX-License-Identifier: MIT
#include "cmd/fetch/words.h"

#include <nlohmann/json.hpp>

#include "cmd/fetch/fetch.h"
#include "cmd/fetch/files.h"
#include "cmd/fetch/load.h"
#include "cmd/parser.h"

namespace fid::cmd::fetch {
namespace {

constexpr unsigned most_depth = 8;  // files of options that name files of options

bool is_json_data(std::string_view word) {
    if (word.starts_with('@')) return true;
    if (word.empty() || std::string_view("{[\"").find(word.front()) == std::string_view::npos) return false;
    return nlohmann::json::accept(word);
}

/// A value of a file of options: up to the first blank, or in quotes with \" \\ \t \n \r \v.
std::string config_value(std::string_view text) {
    if (!text.starts_with('"')) return std::string(text.substr(0, text.find_first_of(" \t")));
    std::string value;
    for (std::size_t i = 1; i < text.size() && text[i] != '"'; ++i) {
        if (text[i] != '\\' || i + 1 == text.size()) {
            value += text[i];
            continue;
        }
        constexpr std::string_view letters = "tnrv", meanings = "\t\n\r\v";
        const std::size_t which = letters.find(text[++i]);
        value += which == std::string_view::npos ? text[i] : meanings[which];
    }
    return value;
}

std::string_view without_blanks(std::string_view text) {
    constexpr std::string_view blanks = " \t\r";
    const std::size_t begin = text.find_first_not_of(blanks);
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

/// The words of a file of options: a line has an option, with or without its dashes, and its value behind blanks, = or
/// :.
std::vector<std::string> config_words(std::string_view text, std::span<const Option> options) {
    std::vector<std::string> words;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view line = without_blanks(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.empty() || line.front() == '#') continue;
        const bool dashed = line.front() == '-';
        const std::size_t name_end = std::min(line.find_first_of(dashed ? " \t" : " \t=:"), line.size());
        std::string name(line.substr(0, name_end));
        if (!dashed) name.insert(0, "--");
        std::string_view rest = without_blanks(line.substr(name_end));
        const bool separated = !dashed && (rest.starts_with('=') || rest.starts_with(':'));
        if (separated) rest = without_blanks(rest.substr(1));
        if (name == "--form") name = "-F";  // in a file it can only be curl's
        if (name == "--json") name = "--json-data";
        const bool wants_value = takes_next_word(options, name);
        words.push_back(std::move(name));
        if (wants_value && (!rest.empty() || separated)) words.push_back(config_value(rest));
    }
    return words;
}

Result<void> expand(std::vector<std::string>& words, std::span<const Option> options, unsigned depth) {
    std::vector<std::string> out;
    const auto include = [&](const std::string& file) -> Result<void> {
        if (depth == most_depth) return fail(Status::usage, "too many files of options in each other:", file);
        const auto text = read_file(file);
        if (!text) return std::unexpected(text.error());
        std::vector<std::string> inner = config_words(*text, options);
        if (auto expanded = expand(inner, options, depth + 1); !expanded) return expanded;
        out.insert(out.end(), inner.begin(), inner.end());
        return {};
    };
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::string& word = words[i];
        if (word == "--") {
            out.insert(out.end(), words.begin() + static_cast<std::ptrdiff_t>(i), words.end());
            break;
        }
        const bool takes_next = word.starts_with('-') && word.size() > 1 && takes_next_word(options, word);
        if (word.starts_with("--json=")) {
            out.insert(out.end(), {"--json-data", word.substr(7)});
        } else if (word == "--json" && i + 1 < words.size() && is_json_data(words[i + 1])) {
            out.insert(out.end(), {"--json-data", words[++i]});
        } else if (word.starts_with("--config=")) {
            if (auto done = include(word.substr(9)); !done) return done;
        } else if (word.starts_with("-K") && word.size() > 2) {
            if (auto done = include(word.substr(2)); !done) return done;
        } else if (takes_next && i + 1 < words.size() &&
                   (word == "--config" || (!word.starts_with("--") && word.ends_with('K')))) {
            if (!word.starts_with("--") && word.size() > 2) out.push_back(word.substr(0, word.size() - 1));
            if (auto done = include(words[++i]); !done) return done;
        } else {
            out.push_back(word);
            if (takes_next && i + 1 < words.size()) out.push_back(words[++i]);
        }
    }
    words = std::move(out);
    return {};
}

}  // namespace

Result<void> prepare_words(std::vector<std::string>& words) {
    if (auto expanded = expand(words, all_options(&fetch_command), 0); !expanded) return expanded;
    prepare_load_words(words);
    return {};
}

}  // namespace fid::cmd::fetch
