// SPDX-License-Identifier: MIT
// What several servers say to the same questions, and in what they differ.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "dns/message.h"

namespace fid::dns {

/// What one server says to some questions: of its answers what does not differ from one time to the next.
struct Saying {
    std::vector<unsigned> codes;  ///< of each answer
    std::optional<std::uint32_t> serial;
    std::vector<std::string> records;  ///< of the answer sections, as text, without their order

    friend bool operator==(const Saying&, const Saying&) = default;
};

/// Adds an answer. Owners lose their letter case, which is the question's. Without `ttl` the time left does not count.
void add_answer(Saying& saying, const Message& message, bool ttl);
/// The serial number of the SOA record in the answer.
[[nodiscard]] std::optional<std::uint32_t> serial_of(const Message& message);
/// 8 hexadecimal digits: the same for the same saying.
[[nodiscard]] std::string digest(const Saying& saying);

/// Indices of the servers that say the same, the largest group first, groups of one size in the order of their first
/// member. Servers without a saying are in none.
[[nodiscard]] std::vector<std::vector<std::size_t>> group_sayings(std::span<const std::optional<Saying>> sayings);

struct Difference {
    std::vector<std::string> codes;                ///< "A: NXDOMAIN instead of NOERROR", "serial 6 instead of 7"
    std::vector<std::string> missing, additional;  ///< records
};
/// In what `one` differs from `most`; `types` are those of the questions.
[[nodiscard]] Difference difference(const Saying& one, const Saying& most, std::span<const std::uint16_t> types);

}  // namespace fid::dns
