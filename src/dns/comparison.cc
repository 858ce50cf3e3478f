// SPDX-License-Identifier: MIT
#include "dns/comparison.h"

#include <algorithm>
#include <iterator>

#include "dns/rdata.h"

namespace fid::dns {
namespace {

std::string lower_case(std::string text) {
    for (char& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
    return text;
}

std::string record_text(const Message& message, const Record& record, bool ttl) {
    const auto owner = message.name(record.name_at);
    Text text;
    text.put(owner ? lower_case(owner->text()) : "?");
    text.put(' ');
    if (ttl) {
        text.number(record.ttl);
        text.put(' ');
    }
    text.put(type_text(record.type));
    text.put(' ');
    write_rdata(message, record, text);
    return text.take();
}

std::vector<std::string> only_in_first(const std::vector<std::string>& a, const std::vector<std::string>& b) {
    std::vector<std::string> left;
    std::ranges::set_difference(a, b, std::back_inserter(left));
    return left;
}

}  // namespace

void add_answer(Saying& saying, const Message& message, bool ttl) {
    saying.codes.push_back(message.rcode(message.edns()));
    Records records(message);
    for (Record record; records.next(record) && record.section == Section::answer;)
        saying.records.push_back(record_text(message, record, ttl));
    std::ranges::sort(saying.records);
    const auto rest = std::ranges::unique(saying.records);
    saying.records.erase(rest.begin(), rest.end());
}

std::optional<std::uint32_t> serial_of(const Message& message) {
    Records records(message);
    for (Record record; records.next(record) && record.section == Section::answer;) {
        if (record.type != type::soa) continue;
        packet::Cursor at(message.bytes());
        at.skip(record.rdata_at);
        const bool names = Name::read(at, message.bytes()) && Name::read(at, message.bytes());  // MNAME, RNAME
        const std::uint32_t serial = at.u32();
        if (names && at.ok() && at.offset() <= record.rdata_at + record.rdata_size) return serial;
    }
    return std::nullopt;
}

std::string digest(const Saying& saying) {
    // FNV-1a: it has to be the same tomorrow, and on other machines; nobody gains by a collision.
    std::uint32_t hash = 2166136261U;
    const auto add = [&](std::string_view text) {
        for (const char c : text) hash = (hash ^ static_cast<std::uint8_t>(c)) * 16777619U;
        hash = (hash ^ 0xffU) * 16777619U;  // a byte that no text has ends it
    };
    for (const unsigned code : saying.codes) add(rcode_text(code));
    if (saying.serial) add(std::to_string(*saying.serial));
    for (const std::string& record : saying.records) add(record);
    Text text;
    text.hex(hash, 8);
    return text.take();
}

std::vector<std::vector<std::size_t>> group_sayings(std::span<const std::optional<Saying>> sayings) {
    std::vector<std::vector<std::size_t>> groups;
    for (std::size_t i = 0; i < sayings.size(); ++i) {
        if (!sayings[i]) continue;
        const auto same = std::ranges::find_if(
            groups, [&](const std::vector<std::size_t>& group) { return *sayings[group.front()] == *sayings[i]; });
        if (same != groups.end())
            same->push_back(i);
        else
            groups.push_back({i});
    }
    std::ranges::sort(groups, [](const std::vector<std::size_t>& a, const std::vector<std::size_t>& b) {
        return a.size() != b.size() ? a.size() > b.size() : a.front() < b.front();
    });
    return groups;
}

Difference difference(const Saying& one, const Saying& most, std::span<const std::uint16_t> types) {
    Difference result;
    for (std::size_t i = 0; i < std::min(one.codes.size(), most.codes.size()); ++i)
        if (one.codes[i] != most.codes[i])
            result.codes.push_back((i < types.size() ? type_text(types[i]) + ": " : std::string()) +
                                   rcode_text(one.codes[i]) + " instead of " + rcode_text(most.codes[i]));
    if (one.serial != most.serial) {
        const auto text = [](const std::optional<std::uint32_t>& serial) {
            return serial ? std::to_string(*serial) : std::string("none");
        };
        result.codes.push_back("serial " + text(one.serial) + " instead of " + text(most.serial));
    }
    result.missing = only_in_first(most.records, one.records);
    result.additional = only_in_first(one.records, most.records);
    return result;
}

}  // namespace fid::dns
