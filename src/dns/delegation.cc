// SPDX-License-Identifier: MIT
#include "dns/delegation.h"

#include <algorithm>
#include <array>

#include "dns/rdata.h"

namespace fid::dns {
namespace {

constexpr unsigned not_authoritative = 9;  // RFC 2136's NOTAUTH: some servers say so of zones they do not have

template <class Each>
void each_record(const Message& message, Section section, Each each) {
    Records records(message);
    for (Record record; records.next(record) && record.section <= section;) {
        if (record.section != section) continue;
        if (const auto owner = message.name(record.name_at)) each(record, *owner);
    }
}

/// Where the alias of a name leads to, as far as the zone may say so.
std::optional<Name> alias_of(const Message& message, const Name& name) {
    std::optional<Name> target;
    each_record(message, Section::answer, [&](const Record& record, const Name& owner) {
        if (record.type == type::cname && !target && owner == name) target = rdata_name(message, record);
    });
    return target;
}

/// Fills the names along the aliases; false where they run in a circle.
bool follow(const Message& message, const Question& question, const Name& zone, std::vector<Name>& names) {
    names = {question.name};
    if (question.type == type::cname || question.type == type::any) return true;
    while (names.size() <= most_aliases && names.back().is_within(zone)) {
        const auto target = alias_of(message, names.back());
        if (!target) return true;
        const bool again = std::ranges::find(names, *target) != names.end();
        names.push_back(*target);
        if (again) return false;
    }
    return true;
}

/// The SOA record that says the zone has no such data (RFC 2308 section 2).
bool denied(const Message& message, const Name& name) {
    bool found = false;
    each_record(message, Section::authority, [&](const Record& record, const Name& owner) {
        found = found || (record.type == type::soa && name.is_within(owner));
    });
    return found;
}

/// The zone further down towards the name that the message leads to.
std::optional<Name> cut_towards(const Message& message, const Question& question, const Name& zone) {
    // The parent speaks for DS records: for that question a cut at the name itself leads too far.
    const bool of_parent = question.type == type::ds && question.name != zone;
    std::optional<Name> cut;
    each_record(message, Section::authority, [&](const Record& record, const Name& owner) {
        if (record.type != type::ns || owner == zone || !owner.is_within(zone)) return;
        if (!question.name.is_within(owner) || (of_parent && owner == question.name)) return;
        if (!cut) cut = owner;
    });
    return cut;
}

/// The records of the names; signatures go with what they sign.
bool collect(const Message& message, const Question& question, const Name& zone, Reply& reply) {
    bool asked_for = false;
    each_record(message, Section::answer, [&](const Record& record, const Name& owner) {
        if (!owner.is_within(zone)) return;
        const bool last = owner == reply.names.back();
        const bool named = std::ranges::find(reply.names, owner) != reply.names.end();
        // A DNAME stands above the alias that was made of it.
        const bool above = record.type == type::dname &&
                           std::ranges::any_of(reply.names, [&](const Name& name) { return name.is_within(owner); });
        if (!named && !above) return;
        reply.records.push_back(record);
        asked_for = asked_for || (last && (record.type == question.type || question.type == type::any));
    });
    return asked_for;
}

Meaning judge(const Message& message, const Question& question, const Name& zone, Reply& reply) {
    const unsigned code = message.rcode(message.edns());
    if (!message.whole() && !message.header().has(packet::dns::flag_truncated)) return Meaning::malformed;
    if (code == rcode::refused || code == not_authoritative) return Meaning::lame;
    if (code != rcode::no_error && code != rcode::name_error) return Meaning::failure;
    const bool straight = follow(message, question, zone, reply.names);
    if (collect(message, question, zone, reply)) return Meaning::answer;
    const Name& last = reply.names.back();
    const bool moved = reply.names.size() > 1;
    const bool ours = last.is_within(zone);
    if (!straight || (moved && !ours)) return Meaning::alias;
    if (code == rcode::name_error) return Meaning::no_name;
    if (denied(message, last)) return Meaning::no_data;
    if (moved) return Meaning::alias;
    if (const auto cut = cut_towards(message, question, zone)) {
        reply.cut = *cut;
        reply.servers = name_servers_of(message, Section::authority, *cut, zone);
        each_record(message, Section::authority, [&](const Record& record, const Name& owner) {
            reply.has_ds = reply.has_ds || (record.type == type::ds && owner == *cut);
        });
        return Meaning::referral;
    }
    return reply.authoritative ? Meaning::no_data : Meaning::lame;
}

}  // namespace

std::string_view meaning_name(Meaning meaning) {
    static constexpr std::array<std::string_view, 8> names{"answer",   "alias", "no_data", "no_name",
                                                           "referral", "lame",  "failure", "malformed"};
    return names.at(static_cast<std::size_t>(meaning));
}

Reply read_reply(const Message& message, const Question& question, const Name& zone) {
    Reply reply;
    reply.authoritative = message.header().has(packet::dns::flag_authoritative);
    reply.what = judge(message, question, zone, reply);
    return reply;
}

std::vector<NameServer> name_servers_of(const Message& message, Section section, const Name& zone,
                                        const Name& trusted) {
    std::vector<NameServer> servers;
    each_record(message, section, [&](const Record& record, const Name& owner) {
        if (record.type != type::ns || owner != zone || servers.size() == most_name_servers) return;
        const auto name = rdata_name(message, record);
        if (name && std::ranges::find(servers, *name, &NameServer::name) == servers.end())
            servers.push_back({*name, {}});
    });
    each_record(message, Section::additional, [&](const Record& record, const Name& owner) {
        const auto address = rdata_address(message, record);
        if (!address || !owner.is_within(trusted)) return;
        const auto server = std::ranges::find(servers, owner, &NameServer::name);
        constexpr std::size_t most_addresses = 16;
        if (server == servers.end() || server->addresses.size() == most_addresses) return;
        if (std::ranges::find(server->addresses, *address) == server->addresses.end())
            server->addresses.push_back(*address);
    });
    return servers;
}

}  // namespace fid::dns
