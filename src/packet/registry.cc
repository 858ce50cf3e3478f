// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <atomic>
#include <string>
#include <unordered_map>
#include <vector>

#include "packet/dissector.h"

namespace fid::packet {
namespace {

constexpr std::array data_fields{FieldInfo{"data.data", FieldType::bytes, "Data"},
                                 FieldInfo{"data.len", FieldType::number, "Length"}};

Step step_data(Bytes bytes, Packet&, std::size_t) { return {.header = bytes.size()}; }
void info_data(const Packet&, const Layer&, Text&) {}
void visit_data(const Packet& packet, const Layer& layer, FieldSink& sink) {
    sink.bytes(0, packet.bytes(layer), 0);
    sink.number(1, layer.length, 0, 0);
}
constexpr Dissector data_dissector{Protocol::data, "data", "Data", data_fields, step_data, info_data, visit_data};

/// Names that other tools use for our fields and protocols.
constexpr std::array<std::pair<std::string_view, std::string_view>, 13> aliases{{
    {"ipv6", "ip6"},
    {"icmpv6", "icmp6"},
    {"eth", "ethernet"},
    {"wlan", "ieee80211"},
    {"dhcpv6", "dhcp6"},
    {"bootp", "dhcp"},
    {"http/2", "http2"},
    {"ssl", "tls"},
    {"tcp.srcport", "tcp.sport"},
    {"tcp.dstport", "tcp.dport"},
    {"udp.srcport", "udp.sport"},
    {"udp.dstport", "udp.dport"},
    {"dns.qry.name", "dns.name"},
}};

struct Registry {
    std::array<const Dissector*, static_cast<std::size_t>(Protocol::count_)> table;
    std::vector<const Dissector*> all;
    std::unordered_map<std::string_view, const Dissector*> names;
    std::unordered_map<std::string_view, FieldRef> fields;

    Registry() {
        table.fill(&data_dissector);
        add(&data_dissector);
        for (auto family : {link_dissectors(), network_dissectors(), routing_dissectors(), transport_dissectors(),
                            naming_dissectors(), datagram_dissectors(), secure_dissectors(), stream_dissectors()})
            for (const Dissector* one : family) add(one);
    }
    void add(const Dissector* one) {
        table[static_cast<std::size_t>(one->protocol)] = one;
        all.push_back(one);
        names.emplace(one->name, one);
        for (unsigned i = 0; i < one->fields.size(); ++i) fields.emplace(one->fields[i].name, FieldRef{one, i});
    }
};

const Registry& registry() {
    static const Registry one;
    return one;
}

/// The registry once it is built. dissect() looks a dissector up for every layer of every packet: this is one load
/// there, where the static within registry() costs a call and its guard.
constinit std::atomic<const Registry*> built = nullptr;

const Registry& build() {
    built.store(&registry(), std::memory_order_release);
    return registry();
}

std::string_view canonical(std::string_view name) {
    const auto* found = std::ranges::find(aliases, name, &std::pair<std::string_view, std::string_view>::first);
    return found == aliases.end() ? name : found->second;
}

}  // namespace

const Dissector& dissector(Protocol protocol) {
    const Registry* ready = built.load(std::memory_order_acquire);
    if (ready == nullptr) [[unlikely]]
        ready = &build();
    return *ready->table[static_cast<std::size_t>(protocol)];
}

const Dissector* find_dissector(std::string_view name) {
    const auto found = registry().names.find(canonical(name));
    return found == registry().names.end() ? nullptr : found->second;
}

std::span<const Dissector* const> all_dissectors() { return registry().all; }

FieldRef find_field(std::string_view name) {
    if (const auto found = registry().fields.find(canonical(name)); found != registry().fields.end())
        return found->second;
    // ipv6.src for ip6.src: the protocol part may be an alias too.
    const auto dot = name.find('.');
    if (dot == std::string_view::npos) return {};
    const std::string other = std::string(canonical(name.substr(0, dot))) + std::string(name.substr(dot));
    const auto found = registry().fields.find(other);
    return found == registry().fields.end() ? FieldRef{} : found->second;
}

std::vector<FieldRef> find_fields(std::string_view name) {
    const FieldRef first = find_field(name);
    if (first.dissector == nullptr) return {};
    const std::string_view true_name = first.dissector->fields[first.field].name;
    std::vector<FieldRef> found;
    for (const Dissector* one : all_dissectors()) {
        if (one->speaks == first.dissector->protocol) found.push_back({one, first.field});
        for (unsigned i = 0; i < one->fields.size(); ++i)
            if (one->fields[i].name == true_name) found.push_back({one, i});
    }
    return found;
}

}  // namespace fid::packet
