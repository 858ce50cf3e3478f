// SPDX-License-Identifier: MIT
#include "packet/filter/filter.h"

#include "packet/filter/parser.h"

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

bool Filter::mixes_and_or() const { return program_->mixes_and_or; }

}  // namespace fid::packet
