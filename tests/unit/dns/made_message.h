// SPDX-License-Identifier: MIT
// Answers for tests, from a line of words.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dns/message.h"

namespace fid::dns {

/// "aa nxdomain; an www.a.test CNAME b.test; ns a.test NS ns.a.test; ad ns.a.test A 192.0.2.1": header words first,
/// then a record between semicolons: its section, owner, type (A, AAAA, NS, CNAME, SOA with its serial, DS) and data.
inline std::vector<std::uint8_t> made_message(const Question& question, std::string_view text) {
    std::vector<std::uint8_t> bytes(512);
    bytes.resize(write_query(bytes, 1, question, {.flags = 0, .edns = std::nullopt}));
    bytes[2] |= 0x80U;
    const auto put16 = [&](unsigned value) {
        bytes.push_back(static_cast<std::uint8_t>(value >> 8U));
        bytes.push_back(static_cast<std::uint8_t>(value));
    };
    const auto put_name = [&](std::string_view name) {
        const Name parsed = *Name::parse(name);
        bytes.insert(bytes.end(), parsed.wire().begin(), parsed.wire().end());
    };
    while (!text.empty()) {
        std::string_view part = text.substr(0, text.find(';'));
        text.remove_prefix(std::min(part.size() + 1, text.size()));
        std::vector<std::string_view> words;
        while (true) {
            part.remove_prefix(std::min(part.find_first_not_of(' '), part.size()));
            if (part.empty()) break;
            words.push_back(part.substr(0, part.find(' ')));
            part.remove_prefix(words.back().size());
        }
        if (words.size() < 4) {
            for (const std::string_view word : words) {
                if (word == "aa") bytes[2] |= 4U;
                if (word == "nxdomain") bytes[3] |= 3U;
                if (word == "servfail") bytes[3] |= 2U;
                if (word == "refused") bytes[3] |= 5U;
            }
            continue;
        }
        ++bytes[words[0] == "an" ? 7 : words[0] == "ns" ? 9 : 11];
        put_name(words[1]);
        const std::uint16_t type = *read_type(words[2]);
        for (const unsigned value : {unsigned{type}, 1U, 0U, 60U, 0U}) put16(value);
        const std::size_t begin = bytes.size();
        if (type == type::a || type == type::aaaa) {
            const Address address = *Address::parse(words[3]);
            const auto all = address.bytes();
            bytes.insert(bytes.end(), all.begin(), all.begin() + (address.is_v4() ? 4 : 16));
        } else if (type == type::soa) {
            for (const std::string_view name : {words[1], words[1]}) put_name(name);
            put16(0);
            put16(static_cast<unsigned>(std::stoul(std::string(words[3]))));
            bytes.resize(bytes.size() + 16);
        } else if (type == type::ds) {
            bytes.resize(bytes.size() + 36);
        } else {
            put_name(words[3]);
        }
        bytes[begin - 1] = static_cast<std::uint8_t>(bytes.size() - begin);
    }
    return bytes;
}

inline Question question_about(std::string_view name, std::uint16_t type = type::a) {
    return {*Name::parse(name), type, klass::in};
}

}  // namespace fid::dns
