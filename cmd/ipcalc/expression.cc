// SPDX-License-Identifier: MIT
#include "cmd/ipcalc/expression.h"

#include <string>

namespace fid::cmd::ipcalc {
namespace {

constexpr unsigned deepest = 200;  // nested parentheses; keeps hostile input off the end of the stack

class Evaluator {
  public:
    Evaluator(std::string_view text, const Resolve& resolve) : text_(text), resolve_(resolve) {}

    Result<PrefixSet> run() {
        auto set = expression(0);
        if (!set) return set;
        if (at_ < text_.size())
            return wrong(text_[at_] == ')' ? "no '(' belongs to this ')'" : "expected + - & ^ between operands");
        return set;
    }

  private:
    [[nodiscard]] std::unexpected<Error> wrong(std::string cause) const {
        return fail(Status::usage, "cannot read the expression at column", std::to_string(at_ + 1), std::move(cause),
                    "like '@allow + 10.0.0.0/8 - (@blocked & @office)'; & binds tighter than + - ^");
    }

    void skip_blanks() {
        while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n')) ++at_;
    }

    /// The operator at hand if it is one of `wanted`, consumed; otherwise '\0'.
    char take_operator(std::string_view wanted) {
        skip_blanks();
        if (at_ == text_.size() || wanted.find(text_[at_]) == std::string_view::npos) return '\0';
        return text_[at_++];
    }

    Result<PrefixSet> expression(unsigned depth) {
        auto left = term(depth);
        while (left) {
            const char op = take_operator("+-^");
            if (op == '\0') break;
            const auto right = term(depth);
            if (!right) return right;
            left = op == '+'   ? unite(*left, *right)
                   : op == '-' ? subtract(*left, *right)
                               : symmetric_difference(*left, *right);
        }
        return left;
    }

    Result<PrefixSet> term(unsigned depth) {
        auto left = factor(depth);
        while (left && take_operator("&") != '\0') {
            const auto right = factor(depth);
            if (!right) return right;
            left = intersect(*left, *right);
        }
        return left;
    }

    Result<PrefixSet> factor(unsigned depth) {
        skip_blanks();
        if (at_ == text_.size()) return wrong("an operand is missing at the end");
        if (text_[at_] != '(') return operand();
        if (depth == deepest) return wrong("too many parentheses inside each other");
        const std::size_t opened = at_++;
        auto inner = expression(depth + 1);
        if (!inner) return inner;
        skip_blanks();
        if (at_ == text_.size()) {
            at_ = opened;
            return wrong("this '(' is never closed");
        }
        if (text_[at_] != ')') return wrong("expected an operator or ')'");
        ++at_;
        return inner;
    }

    Result<PrefixSet> operand() {
        const std::size_t start = at_;
        while (at_ < text_.size() && std::string_view(" \t\n+&^()").find(text_[at_]) == std::string_view::npos) {
            if (text_[at_] == '-' && at_ == start) break;
            ++at_;
        }
        const std::string_view word = text_.substr(start, at_ - start);
        if (word.empty()) return wrong(std::string("expected an operand, not '") + text_[at_] + "'");
        auto set = resolve_(word);
        if (!set && start != 0)
            set.error().cause += (set.error().cause.empty() ? "column " : ", column ") + std::to_string(start + 1);
        return set;
    }

    std::string_view text_;
    const Resolve& resolve_;
    std::size_t at_ = 0;
};

}  // namespace

Result<PrefixSet> evaluate(std::string_view expression, const Resolve& resolve) {
    return Evaluator(expression, resolve).run();
}

}  // namespace fid::cmd::ipcalc
