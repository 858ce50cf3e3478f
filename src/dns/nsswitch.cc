// SPDX-License-Identifier: MIT
#include "dns/nsswitch.h"

#include "address/characters.h"
#include "dns/config_words.h"

namespace fid::dns {
namespace {

constexpr std::array<std::string_view, 4> statuses{"SUCCESS", "NOTFOUND", "UNAVAIL", "TRYAGAIN"};
constexpr std::array<std::string_view, 3> actions{"CONTINUE", "RETURN", "MERGE"};

template <std::size_t count>
std::size_t index_of(const std::array<std::string_view, count>& names, std::string_view word) {
    const auto same = [](char a, char b) { return (is_letter(a) ? a & ~0x20 : a) == b; };
    const auto found =
        std::ranges::find_if(names, [&](std::string_view name) { return std::ranges::equal(word, name, same); });
    return static_cast<std::size_t>(found - names.begin());
}

/// "NOTFOUND=return" or "!UNAVAIL=return": all others.
void read_criterion(std::string_view word, NssService& service) {
    const bool others = word.starts_with('!');
    if (others) word.remove_prefix(1);
    const std::size_t equals = word.find('=');
    if (equals == std::string_view::npos) return;
    const std::size_t status = index_of(statuses, word.substr(0, equals));
    const std::size_t action = index_of(actions, word.substr(equals + 1));
    if (status == statuses.size() || action == actions.size()) return;
    for (std::size_t i = 0; i < service.actions.size(); ++i)
        if ((i == status) != others) service.actions.at(i) = static_cast<NssAction>(action);
}

std::vector<NssService> read_services(std::string_view line) {
    std::vector<NssService> services;
    while (!line.empty()) {
        line.remove_prefix(std::min(line.find_first_not_of(" \t\r"), line.size()));
        if (!line.starts_with('[')) {
            // A bracket may follow without a blank.
            std::string_view word = line.substr(0, line.find_first_of(" \t\r["));
            line.remove_prefix(word.size());
            if (!word.empty()) services.push_back({.name = std::string(word), .criteria = {}});
            continue;
        }
        const std::size_t end = std::min(line.find(']'), line.size());
        std::string_view inside = line.substr(1, end - 1);
        line.remove_prefix(std::min(end + 1, line.size()));
        if (services.empty()) continue;
        NssService& service = services.back();
        service.criteria += "[" + std::string(inside) + "]";
        for (std::string_view word = take_word(inside); !word.empty(); word = take_word(inside))
            read_criterion(word, service);
    }
    return services;
}

}  // namespace

std::string_view nss_status_text(NssStatus status) { return statuses.at(static_cast<std::size_t>(status)); }

std::string NssOrder::text() const {
    std::string text;
    for (const NssService& service : services) {
        if (!text.empty()) text += ' ';
        text += service.name;
        if (!service.criteria.empty()) text += " " + service.criteria;
    }
    return text;
}

NssOrder parse_hosts_order(std::string_view nsswitch_conf) {
    NssOrder order;
    unsigned number = 0;
    while (!nsswitch_conf.empty()) {
        std::string_view line = without_comment(take_line(nsswitch_conf));
        ++number;
        line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
        constexpr std::string_view database = "hosts";
        if (!line.starts_with(database)) continue;
        line.remove_prefix(database.size());
        line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
        if (!line.starts_with(':')) continue;
        order.services = read_services(line.substr(1));
        order.line = number;
    }
    // glibc 2.35 and later (its bug 28700).
    if (order.services.empty()) order = {{{.name = "files", .criteria = {}}, {.name = "dns", .criteria = {}}}, 0};
    return order;
}

}  // namespace fid::dns
