// SPDX-License-Identifier: MIT
// Comparing fields: the dissector reports all fields of a layer, the sink here looks at one of them.
#include <re2/re2.h>

#include <algorithm>

#include "packet/filter/program.h"

namespace fid::packet::filter {

Operand::Operand() = default;
Operand::Operand(Operand&&) noexcept = default;
Operand& Operand::operator=(Operand&&) noexcept = default;
Operand::~Operand() = default;

namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool equal_ignoring_case(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

bool compare_text(Relation relation, const Operand& operand, std::string_view text) {
    switch (relation) {
        case Relation::contains:
            return text.find(operand.text) != std::string_view::npos;
        case Relation::matches:
        case Relation::misses:
            return re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *operand.expression);
        default:
            return holds<std::string_view>(relation, text, operand.text);
    }
}

bool compare_number(Relation relation, const Operand& operand, std::uint64_t number) {
    switch (relation) {
        case Relation::equal:
        case Relation::differs:
            return number >= operand.low && number <= operand.high;
        case Relation::less:
            return number < operand.low;
        case Relation::at_most:
            return number <= operand.high;
        case Relation::greater:
            return number > operand.high;
        case Relation::at_least:
            return number >= operand.low;
        default:
            return compare_text(relation, operand, std::to_string(number));
    }
}

bool compare_address(Relation relation, const Operand& operand, const Address& address) {
    if (!operand.has_range) return compare_text(relation, operand, address.text());
    if (operand.range.family != address.family()) return false;
    switch (relation) {
        case Relation::equal:
        case Relation::differs:
            return address.number() >= operand.range.first && address.number() <= operand.range.last;
        case Relation::less:
            return address.number() < operand.range.first;
        case Relation::at_most:
            return address.number() <= operand.range.last;
        case Relation::greater:
            return address.number() > operand.range.last;
        case Relation::at_least:
            return address.number() >= operand.range.first;
        default:
            return false;
    }
}

/// Equality for `differs` too: the caller turns the answer round.
Relation positive(Relation relation) { return relation == Relation::differs ? Relation::equal : relation; }

bool compare_value(const Comparison& comparison, const Operand& operand, const FieldValue& value) {
    const Relation relation = positive(comparison.relation);
    switch (comparison.type) {
        case FieldType::flag:
        case FieldType::number:
        case FieldType::hex:
            if (operand.has_number) return compare_number(relation, operand, value.number);
            // A word names the value's meaning: dns.type == AAAA.
            if (relation == Relation::equal) return equal_ignoring_case(value.meaning, operand.text);
            return value.meaning.empty() ? compare_text(relation, operand, std::to_string(value.number))
                                         : compare_text(relation, operand, value.meaning);
        case FieldType::ipv4:
            return value.bytes.size() == 4 &&
                   compare_address(relation, operand, Address::from_bytes(value.bytes.first<4>()));
        case FieldType::ipv6:
            return value.bytes.size() == 16 &&
                   compare_address(relation, operand, Address::from_bytes(value.bytes.first<16>()));
        case FieldType::text:
        case FieldType::bytes:
        case FieldType::mac:
        case FieldType::group:
            break;
    }
    return compare_text(relation, operand, as_text(value.bytes));
}

/// Listens for one field and keeps whether it came and whether it satisfied the comparison.
class Listener final : public FieldSink {
  public:
    Listener(const Comparison& comparison, unsigned field) : comparison_(comparison), field_(field) {}

    void put(unsigned field, const FieldValue& value, std::size_t, std::size_t) override {
        if (field != field_ || satisfied_) return;
        present_ = true;
        satisfied_ = comparison_.relation == Relation::present ||
                     std::ranges::any_of(comparison_.operands, [&](const Operand& operand) {
                         return compare_value(comparison_, operand, value);
                     });
    }
    void open(unsigned field, std::string_view text, std::size_t offset, std::size_t length) override {
        put(field, {.number = 0, .bytes = as_bytes(text), .meaning = {}}, offset, length);
    }
    void close() override {}

    [[nodiscard]] bool present() const { return present_; }
    [[nodiscard]] bool satisfied() const { return satisfied_; }

  private:
    const Comparison& comparison_;
    unsigned field_;
    bool present_ = false;
    bool satisfied_ = false;
};

bool compare_time(Relation relation, const Operand& operand, const Frame& frame) {
    using Moment = std::pair<std::int64_t, std::uint32_t>;
    return holds(positive(relation), Moment{frame.seconds, frame.nanoseconds},
                 Moment{static_cast<std::int64_t>(operand.low), operand.nanoseconds});
}

bool compare_frame(const Comparison& comparison, const Operand& operand, const Packet& packet, const Frame& frame) {
    const Relation relation = positive(comparison.relation);
    switch (comparison.subject) {
        case Subject::length:
            return compare_number(relation, operand, frame.length);
        case Subject::captured:
            return compare_number(relation, operand, packet.data.size());
        case Subject::number:
            return compare_number(relation, operand, frame.number);
        case Subject::time:
            return compare_time(relation, operand, frame);
        case Subject::interface:
            return operand.has_number ? compare_number(relation, operand, frame.interface)
                                      : compare_text(relation, operand, frame.interface_name);
        case Subject::field:
            break;
    }
    return false;
}

}  // namespace

bool compare(const Comparison& comparison, const Packet& packet, const Frame& frame) {
    const bool inverted = comparison.relation == Relation::differs || comparison.relation == Relation::misses;
    if (comparison.subject != Subject::field) {
        if (comparison.relation == Relation::present) return true;
        const bool any = std::ranges::any_of(comparison.operands, [&](const Operand& operand) {
            return compare_frame(comparison, operand, packet, frame);
        });
        return any != inverted;
    }
    bool present = false;
    for (const Layer& layer : packet.layers()) {
        for (const auto& [protocol, field] : comparison.fields) {
            if (layer.protocol != protocol) continue;
            Listener listener(comparison, field);
            dissector(protocol).visit(packet, layer, listener);
            if (listener.satisfied()) return !inverted;
            present = present || listener.present();
        }
    }
    return inverted && present;
}

}  // namespace fid::packet::filter
