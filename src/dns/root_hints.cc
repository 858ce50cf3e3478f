// SPDX-License-Identifier: MIT
#include "dns/root_hints.h"

#include <algorithm>
#include <array>

#include "address/characters.h"

namespace fid::dns {
namespace {

struct RootServer {
    std::string_view letter, v4, v6;
};
constexpr std::array root_servers{
    RootServer{"a", "198.41.0.4", "2001:503:ba3e::2:30"}, RootServer{"b", "170.247.170.2", "2801:1b8:10::b"},
    RootServer{"c", "192.33.4.12", "2001:500:2::c"},      RootServer{"d", "199.7.91.13", "2001:500:2d::d"},
    RootServer{"e", "192.203.230.10", "2001:500:a8::e"},  RootServer{"f", "192.5.5.241", "2001:500:2f::f"},
    RootServer{"g", "192.112.36.4", "2001:500:12::d0d"},  RootServer{"h", "198.97.190.53", "2001:500:1::53"},
    RootServer{"i", "192.36.148.17", "2001:7fe::53"},     RootServer{"j", "192.58.128.30", "2001:503:c27::2:30"},
    RootServer{"k", "193.0.14.129", "2001:7fd::1"},       RootServer{"l", "199.7.83.42", "2001:500:9f::42"},
    RootServer{"m", "202.12.27.33", "2001:dc3::35"}};

std::vector<std::string_view> words_of(std::string_view line) {
    line = line.substr(0, line.find(';'));
    std::vector<std::string_view> words;
    while (true) {
        const std::size_t begin = line.find_first_not_of(" \t\r");
        if (begin == std::string_view::npos) return words;
        line.remove_prefix(begin);
        words.push_back(line.substr(0, line.find_first_of(" \t\r")));
        line.remove_prefix(words.back().size());
    }
}

/// Takes the TTL and the class away, which stand between owner and type in either order.
void drop_ttl_and_class(std::vector<std::string_view>& words) {
    const auto is_either = [](std::string_view word) {
        return std::ranges::all_of(word, [](char c) { return is_digit(c); }) || word == "IN" || word == "in";
    };
    while (words.size() > 2 && is_either(words.front())) words.erase(words.begin());
}

struct HintLine {
    Name owner;
    std::string_view type, data;
};

Result<void> take_line(const HintLine& line, std::vector<NameServer>& servers, std::vector<NameServer>& addresses) {
    const auto type = read_type(line.type);
    if (type == type::ns && line.owner.is_root()) {
        auto name = Name::parse(line.data);
        if (!name) return std::unexpected(std::move(name.error()));
        servers.push_back({*name, {}});
        return {};
    }
    if (type != type::a && type != type::aaaa) return fail(Status::bad_input, "neither NS nor an address", {});
    auto address = Address::parse(line.data);
    if (!address) return std::unexpected(std::move(address.error()));
    addresses.push_back({line.owner, {*address}});
    return {};
}

}  // namespace

std::vector<NameServer> root_hints() {
    std::vector<NameServer> servers;
    for (const RootServer& each : root_servers)
        servers.push_back({*Name::parse(std::string(each.letter) + ".root-servers.net."),
                           {*Address::parse(each.v4), *Address::parse(each.v6)}});
    return servers;
}

Result<std::vector<NameServer>> parse_root_hints(std::string_view text) {
    std::vector<NameServer> servers, addresses;
    Name owner;
    std::size_t number = 0;
    while (!text.empty()) {
        ++number;
        const std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        std::vector<std::string_view> words = words_of(line);
        if (words.empty()) continue;
        const auto wrong = [&](std::string cause) {
            return fail(Status::bad_input, "not a file of root servers: line", std::to_string(number),
                        std::move(cause));
        };
        if (line.front() != ' ' && line.front() != '\t') {
            const auto name = Name::parse(words.front());
            if (!name) return wrong(name.error().cause);
            owner = *name;
            words.erase(words.begin());
        }
        drop_ttl_and_class(words);
        if (words.size() != 2) return wrong("a record is an owner, a TTL, a type and its data");
        if (auto taken = take_line({owner, words[0], words[1]}, servers, addresses); !taken)
            return wrong(taken.error().sentence());
    }
    for (const NameServer& each : addresses)
        if (const auto server = std::ranges::find(servers, each.name, &NameServer::name); server != servers.end())
            server->addresses.push_back(each.addresses.front());
    std::erase_if(servers, [](const NameServer& server) { return server.addresses.empty(); });
    if (servers.empty()) return fail(Status::bad_input, "not a file of root servers:", {}, "it names none");
    return servers;
}

}  // namespace fid::dns
