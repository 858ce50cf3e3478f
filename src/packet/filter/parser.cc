// SPDX-License-Identifier: MIT
#include "packet/filter/parser.h"

#include <charconv>

#include "packet/filter/names.h"

namespace fid::packet::filter {

std::optional<std::uint64_t> read_number(std::string_view text) {
    int base = 10;
    if (text.starts_with("0x") || text.starts_with("0X")) {
        base = 16;
        text.remove_prefix(2);
    }
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::optional<std::array<std::uint8_t, 6>> read_mac(std::string_view text) {
    std::array<std::uint8_t, 6> mac{};
    if (text.size() != 17) return std::nullopt;
    for (std::size_t i = 0; i < 6; ++i) {
        const std::string_view pair = text.substr(3 * i, 2);
        if (i != 0 && text[3 * i - 1] != ':' && text[3 * i - 1] != '-') return std::nullopt;
        const auto [end, error] = std::from_chars(pair.data(), pair.data() + 2, mac[i], 16);
        if (error != std::errc() || end != pair.data() + 2) return std::nullopt;
    }
    return mac;
}

const Token& Parser::peek(std::size_t ahead) const {
    return at_ + ahead < tokens_.size() ? tokens_[at_ + ahead] : tokens_.back();
}

Parser::Index Parser::error(const Token& token, std::string cause, std::string hint) {
    if (!error_) error_ = fail_at(filter_, token.column, std::move(cause), std::move(hint)).error();
    return nothing;
}

Parser::Index Parser::add(Node node) {
    if (program_.nodes.size() == max_nodes) return error(peek(), "a filter may have 100,000 terms");
    program_.nodes.push_back(node);
    return static_cast<Index>(program_.nodes.size() - 1);
}

Result<Program> Parser::parse() {
    program_.root = expression();
    if (program_.root != nothing && peek().kind != Kind::end) {
        const std::string near = nearest_name(peek().text);
        program_.root =
            error(peek(), peek().is_sign(")") ? "this parenthesis was never opened" : "expected 'and' or 'or' here",
                  near.empty() || near == peek().text ? "" : "did you mean '" + near + "'?");
    }
    if (error_) return std::unexpected(std::move(*error_));
    return std::move(program_);
}

/// expression := term { (and | or) term }, equal in rank and left to right as pcap-filter(7) has it.
Parser::Index Parser::expression() {
    if (depth_ == max_depth) return error(peek(), "parentheses may nest 100 deep");
    ++depth_;
    std::vector<Link> links;
    links.push_back({.node = term(), .is_and = false});
    bool seen_or = false;
    while (links.back().node != nothing && (at_and() || at_or())) {
        const bool is_and = at_and();
        take();
        if (is_and && seen_or) program_.mixes_and_or = true;
        seen_or = seen_or || !is_and;
        links.push_back({.node = term(), .is_and = is_and});
    }
    --depth_;
    if (links.back().node == nothing) return nothing;
    if (links.size() == 1) return links.front().node;
    const auto first = static_cast<std::uint32_t>(program_.links.size());
    program_.links.insert(program_.links.end(), links.begin(), links.end());
    return add({.op = Op::chain, .left = first, .right = static_cast<std::uint32_t>(links.size())});
}

/// term := { not | ! } ( "(" expression ")" | primary )
Parser::Index Parser::term() {
    bool negated = false;
    while (peek().is_word("not") || peek().is_sign("!")) {
        negated = !negated;
        take();
    }
    Index inner = nothing;
    if (peek().is_sign("(")) {
        const Token open = take();
        inner = expression();
        if (inner == nothing) return nothing;
        if (!peek().is_sign(")")) {
            return peek().kind == Kind::end ? error(open, "this parenthesis is never closed")
                                            : error(peek(), "expected 'and', 'or' or ')' here");
        }
        take();
    } else {
        inner = primary();
    }
    if (inner == nothing || !negated) return inner;
    return add({.op = Op::negate, .left = inner});
}

Parser::Index Parser::primary() {
    const Token& token = peek();
    if (token.kind == Kind::end)
        return error(token, at_ == 0 ? "the filter is empty" : "the filter ends where a term should follow");
    if (token.kind != Kind::word) return error(token, "expected a word, a field or '(' here");
    if (token.text.find('[') != std::string::npos && !token.text.starts_with('[')) return byte_test();
    if (at_comparison()) return comparison();
    return qualified();
}

}  // namespace fid::packet::filter
