// SPDX-License-Identifier: MIT
#include "packet/filter/filter.h"

#include <algorithm>

#include "packet/filter/parser.h"
#include "packet/filter/program.h"

namespace fid::packet {

Filter::Filter(std::unique_ptr<const filter::Program> program) : program_(std::move(program)) {}
Filter::Filter(Filter&&) noexcept = default;
Filter& Filter::operator=(Filter&&) noexcept = default;
Filter::~Filter() = default;

Result<Filter> Filter::compile(std::string_view text) {
    auto tokens = filter::tokenize(text);
    if (!tokens) return std::unexpected(std::move(tokens.error()));
    auto program = filter::Parser(text, std::move(*tokens)).parse();
    if (!program) return std::unexpected(std::move(program.error()));
    return Filter(std::make_unique<const filter::Program>(std::move(*program)));
}

bool Filter::matches(const Packet& packet, const Frame& frame) const {
    return filter::evaluate(*program_, packet, frame);
}

bool Filter::needs_ports_only() const {
    const auto& program = *program_;
    const auto deep = [](Protocol protocol) { return protocol == Protocol::data || is_application(protocol); };
    const auto asks_deep = [&](const filter::Comparison& comparison) {
        return std::ranges::any_of(comparison.fields, [&](const auto& field) { return deep(field.first); });
    };
    return std::ranges::none_of(program.nodes, deep, &filter::Node::protocol) &&
           std::ranges::none_of(program.byte_tests, deep, &filter::ByteTest::protocol) &&
           std::ranges::none_of(program.comparisons, asks_deep);
}

bool Filter::chooses_conversations() const {
    return std::ranges::all_of(program_->nodes, [](const filter::Node& node) {
        using filter::Op, filter::Side;
        const bool both_ways = node.side == Side::either || node.side == Side::both;
        switch (node.op) {
            case Op::chain:
            case Op::negate:
                return true;
            case Op::protocol:
                return node.protocol == Protocol::tcp || node.protocol == Protocol::udp ||
                       node.protocol == Protocol::ip || node.protocol == Protocol::ip6;
            case Op::host:
            case Op::port:
                return both_ways;
            default:
                return false;
        }
    });
}

bool Filter::mixes_and_or() const { return program_->mixes_and_or; }

}  // namespace fid::packet
