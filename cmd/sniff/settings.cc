// SPDX-License-Identifier: MIT
#include "cmd/sniff/settings.h"

#include <algorithm>
#include <filesystem>

#include "cmd/values.h"

namespace fid::cmd::sniff {
namespace {

/// A leading word is an input where a file of that name exists and the word looks like a path, not like a filter.
bool is_input(const std::string& word) {
    if (word.find_first_of("./") == std::string::npos) return false;
    std::error_code error;
    return std::filesystem::exists(word, error) && !std::filesystem::is_directory(word, error);
}

}  // namespace

Result<Settings> read_settings(Context& context) {
    const Arguments& args = context.args;
    Settings settings;
    settings.inputs = args.values("-r");
    const auto& words = args.words();
    std::size_t at = 0;
    while (at < words.size() && is_input(words[at])) settings.inputs.push_back(words[at++]);
    if (settings.inputs.empty())
        return fail(Status::usage, "no capture file given", {}, {}, "fid sniff -r FILE, with - for standard input");

    std::string text;
    for (; at < words.size(); ++at) text += (text.empty() ? "" : " ") + words[at];
    if (!text.empty()) {
        auto filter = packet::Filter::compile(text);
        if (!filter) return std::unexpected(std::move(filter.error()));
        if (filter->mixes_and_or())
            context.log.warning("'or' is followed by 'and' without parentheses",
                                "it is read from left to right, as tcpdump does: (A or B) and C");
        settings.filter = std::move(*filter);
    }
    settings.bpf = args.value("--bpf");

    for (const auto& [name, target] :
         {std::pair<std::string_view, std::uint64_t*>{"--count", &settings.count}, {"--skip", &settings.skip}}) {
        if (!args.has(name)) continue;
        const auto count = read_count(name, args.value(name), name == "--count" ? 1 : 0);
        if (!count) return std::unexpected(count.error());
        *target = *count;
    }
    settings.time_style = args.count("-t");
    if (settings.time_style > 5)
        return fail(Status::usage, "-t may be given up to five times", {}, {}, "-tttt shows date and time");
    settings.hex = args.count("-x");
    settings.hex_ascii = args.count("-X");
    settings.ascii = args.count("-A");
    settings.verbosity = static_cast<std::uint8_t>(std::min<std::size_t>(args.count("--verbose"), 3));
    settings.link_header = args.has("-e");
    settings.tree = args.has("--tree");
    settings.absolute_sequence = args.has("-S");
    return settings;
}

}  // namespace fid::cmd::sniff
