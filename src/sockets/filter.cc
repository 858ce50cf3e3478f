// SPDX-License-Identifier: MIT
// The grammar of the filter language.
#include "sockets/filter.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "packet/filter/lexer.h"
#include "report/suggest.h"
#include "sockets/expression.h"
#include "sockets/filter_values.h"

namespace fid::sockets {
namespace {

using TokenKind = packet::filter::Kind;
using Tokens = std::vector<packet::filter::Token>;
using packet::filter::Token;

constexpr std::array<std::pair<std::string_view, std::string_view>, 16> relations{{{"=", "="},
                                                                                   {"==", "="},
                                                                                   {"eq", "="},
                                                                                   {"!=", "!="},
                                                                                   {"ne", "!="},
                                                                                   {"neq", "!="},
                                                                                   {">=", ">="},
                                                                                   {"ge", ">="},
                                                                                   {"geq", ">="},
                                                                                   {"<=", "<="},
                                                                                   {"le", "<="},
                                                                                   {"leq", "<="},
                                                                                   {">", ">"},
                                                                                   {"gt", ">"},
                                                                                   {"<", "<"},
                                                                                   {"lt", "<"}}};

/// The words that begin a condition and take a value.
enum class Word : std::uint8_t {
    state,
    exclude,
    sport,
    dport,
    port,
    src,
    dst,
    host,
    dev,
    process,
    pid,
    user,
    inode,
    recv_queue,
    send_queue
};
struct Keyword {
    std::string_view name;
    Word word;
};
constexpr std::array<Keyword, 19> keywords{{{"state", Word::state},
                                            {"exclude", Word::exclude},
                                            {"excl", Word::exclude},
                                            {"sport", Word::sport},
                                            {"dport", Word::dport},
                                            {"port", Word::port},
                                            {"src", Word::src},
                                            {"dst", Word::dst},
                                            {"host", Word::host},
                                            {"dev", Word::dev},
                                            {"process", Word::process},
                                            {"proc", Word::process},
                                            {"pid", Word::pid},
                                            {"user", Word::user},
                                            {"uid", Word::user},
                                            {"inode", Word::inode},
                                            {"ino", Word::inode},
                                            {"recv-q", Word::recv_queue},
                                            {"send-q", Word::send_queue}}};

/// Words by themselves, apart from kinds and states.
constexpr std::array<std::string_view, 7> lone_words{"ipv4", "ipv6", "inet", "inet6", "ip4", "ip6", "exposed"};

class Parser {
  public:
    Parser(std::string_view filter, Tokens tokens) : filter_(filter), tokens_(std::move(tokens)) {}

    Result<Node> parse() {
        auto root = expression(0);
        if (!root) return root;
        if (peek().kind != TokenKind::end) return bad(peek(), "this ')' has no '('");
        return root;
    }

    [[nodiscard]] bool mixes_and_or() const { return mixes_; }

  private:
    static constexpr unsigned max_depth = 100;

    [[nodiscard]] const Token& peek() const { return tokens_[at_]; }
    Token take() { return at_ + 1 < tokens_.size() ? tokens_[at_++] : tokens_[at_]; }
    [[nodiscard]] std::unexpected<Error> bad(const Token& token, std::string cause, std::string hint = {}) const {
        return packet::filter::fail_at(filter_, token.column, std::move(cause), std::move(hint));
    }
    /// The error of a value, with its place in the filter; other errors (a name that is not found) stay as they are.
    [[nodiscard]] std::unexpected<Error> bad_value(const Token& token, Error error) const {
        if (error.status != Status::usage) return std::unexpected(std::move(error));
        return bad(token, std::move(error.cause), std::move(error.hint));
    }

    [[nodiscard]] bool at_or() const { return peek().is_word("or") || peek().is_sign("||") || peek().is_sign("|"); }
    [[nodiscard]] bool at_and() const { return peek().is_word("and") || peek().is_sign("&&") || peek().is_sign("&"); }
    [[nodiscard]] bool at_close() const { return peek().kind == TokenKind::end || peek().is_sign(")"); }

    static Node joined(Op op, std::vector<Node> nodes) {
        if (nodes.size() == 1) return std::move(nodes.front());
        return {.op = op, .children = std::move(nodes)};
    }
    static Node opposite(Node node) {
        Node negation{.op = Op::negate};
        negation.children.push_back(std::move(node));
        return negation;
    }

    /// Terms joined by `or`, by `and` or by nothing, which means `and`; all rank alike, from left to right.
    Result<Node> expression(unsigned depth) {
        std::vector<Node> nodes;
        Op op = Op::all_of;
        for (unsigned changes = 0;;) {
            auto node = term(depth);
            if (!node) return node;
            nodes.push_back(std::move(*node));
            if (at_close()) return joined(op, std::move(nodes));
            const Token sign = peek();
            const Op next = at_or() ? Op::any_of : Op::all_of;
            if (at_or() || at_and()) take();
            if (nodes.size() > 1 && next != op) {
                if (++changes >= max_depth) return bad(sign, "'and' and 'or' change too often", "put parentheses");
                mixes_ = mixes_ || next == Op::all_of;
                Node left = joined(op, std::move(nodes));
                nodes.clear();
                nodes.push_back(std::move(left));
            }
            op = next;
        }
    }

    Result<Node> term(unsigned depth) {
        const Token token = peek();
        if (depth >= max_depth) return bad(token, "the filter is nested too deeply");
        if (token.kind == TokenKind::end) return bad(token, "the filter ends too early");
        if (token.is_word("not") || token.is_sign("!")) {
            take();
            auto inner = term(depth + 1);
            if (!inner) return inner;
            return opposite(std::move(*inner));
        }
        if (!token.is_sign("(")) return condition();
        take();
        auto inner = expression(depth + 1);
        if (!inner) return inner;
        if (!peek().is_sign(")")) return bad(token, "this '(' is never closed");
        take();
        return inner;
    }

    Result<Node> condition() {
        const Token token = take();
        if (token.kind != TokenKind::word) return bad(token, "a condition cannot begin here");
        const auto* keyword = std::ranges::find(keywords, token.text, &Keyword::name);
        if (keyword == keywords.end()) return lone_word(token);
        if (keyword->word == Word::state || keyword->word == Word::exclude) return states(keyword->word);
        return values(keyword->word, token);
    }

    /// "state A state B" is "state A,B", as for ss.
    Result<Node> states(Word word) {
        const std::string_view name = word == Word::state ? "state" : "exclude";
        Node any{.op = Op::state};
        do {
            do {
                const Token token = take();
                if (token.kind != TokenKind::word) return bad(token, "a state must follow '" + std::string(name) + "'");
                const auto one = state_value(token.text);
                if (!one) return bad_value(token, one.error());
                any.mask |= one->mask;
            } while (peek().is_sign(",") && (take(), true));
        } while (peek().is_word(name) && (take(), true));
        if (word == Word::exclude) any.mask = every_state & ~any.mask;
        return any;
    }

    std::optional<std::string_view> relation() {
        const Token& token = peek();
        if (token.kind != TokenKind::sign && token.kind != TokenKind::word) return std::nullopt;
        const auto* found =
            std::ranges::find(relations, token.text, &std::pair<std::string_view, std::string_view>::first);
        if (found == relations.end()) return std::nullopt;
        take();
        return found->second;
    }

    /// One value or a list of them, any of which will do.
    Result<Node> values(Word word, const Token& keyword) {
        const Token sign = peek();
        const std::string_view how = relation().value_or("=");
        const bool ordered = how != "=" && how != "!=";
        const bool orders = word == Word::sport || word == Word::dport || word == Word::port ||
                            word == Word::recv_queue || word == Word::send_queue;
        if (ordered && !orders) return bad(sign, "'" + keyword.text + "' can only be equal (=) or not (!=)");
        std::vector<Node> nodes;
        do {
            const Token token = take();
            if (token.kind != TokenKind::word && token.kind != TokenKind::quoted)
                return bad(token, "a value must follow '" + keyword.text + "'");
            auto one = value(word, token.text);
            if (!one) return bad_value(token, one.error());
            nodes.push_back(related(std::move(*one), ordered ? how : "="));
        } while (peek().is_sign(",") && (take(), true));
        Node any = joined(Op::any_of, std::move(nodes));
        return how == "!=" ? opposite(std::move(any)) : std::move(any);
    }

    static Result<Node> value(Word word, const std::string& text) {
        switch (word) {
            case Word::sport:
                return port_value(text, Side::local);
            case Word::dport:
                return port_value(text, Side::peer);
            case Word::port:
                return port_value(text, Side::either);
            case Word::src:
                return host_value(text, Side::local);
            case Word::dst:
                return host_value(text, Side::peer);
            case Word::host:
                return host_value(text, Side::either);
            case Word::dev:
                return Node{.op = Op::device, .text = text};
            case Word::process:
                return Node{.op = Op::process, .text = text};
            case Word::user:
                return user_value(text);
            case Word::pid:
                return number_value(Op::pid, text);
            case Word::inode:
                return number_value(Op::inode, text);
            case Word::send_queue:
                return number_value(Op::send_queue, text);
            default:
                return number_value(Op::recv_queue, text);
        }
    }

    /// A kind, a state, a family, a port or an address by itself.
    Result<Node> lone_word(const Token& token) {
        const std::string& word = token.text;
        if (const auto kind = find_kind(word)) return Node{.op = Op::kind, .mask = bit(*kind)};
        if (word == "ipv4" || word == "ip4" || word == "inet")
            return Node{.op = Op::family, .range = {.family = Family::v4}};
        if (word == "ipv6" || word == "ip6" || word == "inet6")
            return Node{.op = Op::family, .range = {.family = Family::v6}};
        if (word == "exposed") return Node{.op = Op::exposed};
        if (const auto states = find_states(word)) return Node{.op = Op::state, .mask = *states};
        if (word.starts_with(':') && !word.starts_with("::")) {
            auto port = port_value(word, Side::either);
            if (!port) return bad_value(token, port.error());
            return port;
        }
        if (auto address = plain_address(word, Side::either)) return std::move(*address);
        return bad(token, "'" + word + "' is no word of a filter", advice(word));
    }

    static std::string advice(const std::string& word) {
        if (word.find_first_not_of("0123456789") == std::string::npos)
            return ":" + word + " is a port, pid " + word + " a process";
        std::vector<std::string_view> known(lone_words.begin(), lone_words.end());
        for (const Keyword& keyword : keywords) known.push_back(keyword.name);
        known.insert(known.end(), kind_names().begin(), kind_names().end());
        known.insert(known.end(), state_names().begin(), state_names().end());
        std::string near = report::did_you_mean(word, known);
        return near.empty() ? "process " + word + ", user " + word + " or host " + word + "?" : near;
    }

    std::string_view filter_;
    Tokens tokens_;
    std::size_t at_ = 0;
    bool mixes_ = false;
};

}  // namespace

Filter::Filter() = default;
Filter::Filter(Filter&&) noexcept = default;
Filter& Filter::operator=(Filter&&) noexcept = default;
Filter::~Filter() = default;

Result<Filter> Filter::parse(std::string_view text) {
    Filter filter;
    auto tokens = packet::filter::tokenize(text);
    if (!tokens) return std::unexpected(std::move(tokens.error()));
    if (tokens->front().kind == TokenKind::end) return filter;
    Parser parser(text, std::move(*tokens));
    auto root = parser.parse();
    if (!root) return std::unexpected(std::move(root.error()));
    filter.mixes_ = parser.mixes_and_or();
    filter.root_ = std::make_unique<const Node>(std::move(*root));
    return filter;
}

}  // namespace fid::sockets
