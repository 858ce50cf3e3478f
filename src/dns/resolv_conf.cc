// SPDX-License-Identifier: MIT
#include "dns/resolv_conf.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "dns/config_words.h"
#include "dns/name.h"

namespace fid::dns {
namespace {

constexpr std::size_t max_servers = 3;  // MAXNS of resolv.h
constexpr unsigned max_ndots = 15, max_timeout = 30, max_attempts = 5;

/// The number of "ndots:2", at most `most`.
void read_limited(std::string_view word, std::string_view name, unsigned most, unsigned& value) {
    if (!word.starts_with(name)) return;
    word.remove_prefix(name.size());
    unsigned number = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
    if (error == std::errc() && end == word.data() + word.size()) value = std::min(number, most);
}

void read_options(std::string_view line, ResolvConf& conf) {
    for (std::string_view word = take_word(line); !word.empty(); word = take_word(line)) {
        auto timeout = static_cast<unsigned>(conf.timeout.count());
        read_limited(word, "ndots:", max_ndots, conf.ndots);
        read_limited(word, "timeout:", max_timeout, timeout);
        read_limited(word, "attempts:", max_attempts, conf.attempts);
        conf.timeout = std::chrono::seconds(std::max(timeout, 1U));
        conf.attempts = std::max(conf.attempts, 1U);
        if (word == "rotate") conf.rotate = true;
        if (word == "edns0") conf.edns0 = true;
        if (word == "use-vc") conf.use_tcp = true;
        if (word == "trust-ad") conf.trust_ad = true;
        if (word == "no-aaaa") conf.no_aaaa = true;
    }
}

void read_search(std::string_view line, ResolvConf& conf) {
    conf.search.clear();
    for (std::string_view word = take_word(line); !word.empty(); word = take_word(line)) conf.search.emplace_back(word);
}

void read_line(std::string_view line, ResolvConf& conf) {
    if (line.starts_with(';') || line.starts_with('#')) return;
    const std::string_view keyword = take_word(line);
    if (keyword == "nameserver") {
        const auto address = Address::parse(take_word(line), Reading::legacy);
        if (address && conf.servers.size() < max_servers) conf.servers.push_back(*address);
    } else if (keyword == "search") {
        read_search(line, conf);
    } else if (keyword == "domain") {
        read_search(take_word(line), conf);
    } else if (keyword == "options") {
        read_options(line, conf);
    }
}

}  // namespace

ResolvConf parse_resolv_conf(std::string_view text) {
    ResolvConf conf;
    while (!text.empty()) read_line(take_line(text), conf);
    if (conf.servers.empty()) conf.servers.push_back(Address::v4(0x7f000001));
    return conf;
}

ResolvConf system_resolv_conf(const std::string& path) {
    std::ifstream file(path);
    const std::string text(std::istreambuf_iterator<char>(file), {});
    ResolvConf conf = parse_resolv_conf(text);
    if (const char* const domains = std::getenv("LOCALDOMAIN"); domains != nullptr) read_search(domains, conf);
    if (const char* const options = std::getenv("RES_OPTIONS"); options != nullptr) read_options(options, conf);
    return conf;
}

std::vector<std::string> search_names(std::string_view name, const ResolvConf& conf) {
    if (Name::is_absolute(name)) return {std::string(name)};
    const auto joined = [&](std::string_view suffix) {
        std::string full(name);
        full += '.';
        if (suffix != ".") full += suffix;
        if (!full.ends_with('.')) full += '.';
        return full;
    };
    std::vector<std::string> names;
    const bool as_it_is_first = static_cast<unsigned>(std::ranges::count(name, '.')) >= conf.ndots;
    if (as_it_is_first) names.push_back(joined("."));
    for (const std::string& suffix : conf.search) names.push_back(joined(suffix));
    if (!as_it_is_first) names.push_back(joined("."));
    // `search .` and the name as it is are the same question.
    std::vector<std::string> once;
    for (std::string& each : names)
        if (std::ranges::find(once, each) == once.end()) once.push_back(std::move(each));
    return once;
}

}  // namespace fid::dns
