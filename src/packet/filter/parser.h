// SPDX-License-Identifier: MIT
// Reads a filter into a Program. The grammar is in parser.cc, pcap-filter's words in words.cc, comparisons in
// fields.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "packet/filter/lexer.h"
#include "packet/filter/program.h"

namespace fid::packet::filter {

class Parser {
  public:
    Parser(std::string_view filter, std::vector<Token> tokens) : filter_(filter), tokens_(std::move(tokens)) {}
    [[nodiscard]] Result<Program> parse();

  private:
    /// A node's index; `nothing` after an error, which is then in error_.
    using Index = std::uint32_t;
    static constexpr Index nothing = 0xffffffffU;
    static constexpr unsigned max_depth = 100;
    static constexpr std::size_t max_nodes = 100'000;

    enum class Type : std::uint8_t { none, host, net, port, port_range, protocol };
    /// What stands before a value: "tcp src port". Later bare values repeat it: "port 80 or 443".
    struct Qualifiers {
        Protocol protocol = Protocol::none;
        bool ether = false;
        Side side = Side::either;
        Type type = Type::none;
        bool given = false;
    };

    // parser.cc
    [[nodiscard]] const Token& peek(std::size_t ahead = 0) const;
    const Token& take() { return tokens_[at_++]; }
    [[nodiscard]] bool at_and() const { return peek().is_word("and") || peek().is_sign("&&"); }
    [[nodiscard]] bool at_or() const { return peek().is_word("or") || peek().is_sign("||"); }
    Index error(const Token& token, std::string cause, std::string hint = {});
    Index add(Node node);
    Index expression();
    Index term();
    Index primary();

    // words.cc
    Index qualified();
    bool read_qualifiers(Qualifiers& qualifiers);
    bool read_side(Qualifiers& qualifiers);
    Index protocol_alone(const Qualifiers& qualifiers, const Token& token);
    Index value(const Qualifiers& qualifiers);
    Index host(const Qualifiers& qualifiers, const Token& token);
    Index net(const Qualifiers& qualifiers, const Token& token);
    Index port(const Qualifiers& qualifiers, const Token& token);
    Index protocol_number(const Qualifiers& qualifiers, const Token& token);
    Index cast();
    Index length_limit();
    Index byte_test();
    std::optional<std::uint32_t> byte_value();
    static bool is_value_word(const Token& token);

    // fields.cc
    [[nodiscard]] bool at_comparison() const;
    Index comparison();
    bool find_subject(const Token& token, Comparison& comparison);
    std::optional<Relation> read_relation(bool& set, bool& ignore_case);
    bool read_operand(Comparison& comparison, bool ignore_case);
    bool read_operands(Comparison& comparison, bool ignore_case);

    std::string_view filter_;
    std::vector<Token> tokens_;
    std::size_t at_ = 0;
    unsigned depth_ = 0;
    Qualifiers last_;
    Program program_;
    std::optional<Error> error_;
};

/// Decimal or 0x; the whole of `text`.
[[nodiscard]] std::optional<std::uint64_t> read_number(std::string_view text);
/// 6 bytes as 00:11:22:33:44:55 or with dashes.
[[nodiscard]] std::optional<std::array<std::uint8_t, 6>> read_mac(std::string_view text);

}  // namespace fid::packet::filter
