// SPDX-License-Identifier: MIT
// A program is a row of conditional jumps forward. Each goes on behind itself where its condition holds, elsewhere by
// its `no` distance; a jump to the very end accepts the socket, one 4 bytes beyond the end rejects it.
#include "sockets/bytecode.h"

#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <optional>

namespace fid::sockets {
namespace {

using Program = std::vector<std::uint8_t>;
/// Nothing: the kernel cannot decide this, so it must let everything pass.
using Perhaps = std::optional<Program>;
constexpr std::size_t step = sizeof(inet_diag_bc_op);
constexpr std::uint64_t highest_port = 0xffff;
/// Distances have 16 bits; and the kernel checks a program in quadratic time, so a long one gains nothing.
constexpr std::size_t longest = 16 * 1024;

inet_diag_bc_op op_at(const Program& program, std::size_t at) {
    inet_diag_bc_op op;
    std::memcpy(&op, program.data() + at, sizeof(op));
    return op;
}

void put_op(Program& program, std::size_t at, const inet_diag_bc_op& op) {
    std::memcpy(program.data() + at, &op, sizeof(op));
}

template <class T>
void append(Program& program, const T& value) {
    const auto* begin = reinterpret_cast<const std::uint8_t*>(&value);
    program.insert(program.end(), begin, begin + sizeof(value));
}

/// One condition with `size` bytes of arguments, which rejects where it does not hold.
Program condition(std::uint8_t code, std::size_t size) {
    const std::size_t whole = step + size;
    Program program;
    append(program,
           inet_diag_bc_op{
               .code = code, .yes = static_cast<std::uint8_t>(whole), .no = static_cast<std::uint16_t>(whole + step)});
    return program;
}

Program jump(std::size_t distance) {
    Program program;
    append(program, inet_diag_bc_op{.code = INET_DIAG_BC_JMP,
                                    .yes = static_cast<std::uint8_t>(step),
                                    .no = static_cast<std::uint16_t>(distance)});
    return program;
}

Program both(Program a, const Program& b) {
    // What rejected at the end of `a` must now jump over `b` as well.
    const std::size_t length = a.size();
    for (std::size_t at = 0; at < length;) {
        inet_diag_bc_op op = op_at(a, at);
        if (at + op.no == length + step) {
            op.no = static_cast<std::uint16_t>(op.no + b.size());
            put_op(a, at, op);
        }
        at += op.yes;
    }
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

Program either(Program a, const Program& b) {
    // Rejecting in `a` lands behind the jump, which is where `b` begins; accepting runs into the jump, to the end.
    const Program over = jump(step + b.size());
    a.insert(a.end(), over.begin(), over.end());
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

Program opposite(Program a) {
    // Accepting runs into a jump beyond the end; rejecting lands behind it, which is the end.
    const Program beyond = jump(2 * step);
    a.insert(a.end(), beyond.begin(), beyond.end());
    return a;
}

Program port_condition(std::uint8_t code, std::uint64_t port) {
    Program program = condition(code, step);
    append(program, inet_diag_bc_op{.code = 0, .yes = 0, .no = static_cast<std::uint16_t>(port)});
    return program;
}

Program port_range(const Node& node, bool local) {
    const std::uint8_t least = local ? INET_DIAG_BC_S_GE : INET_DIAG_BC_D_GE;
    const std::uint8_t most = local ? INET_DIAG_BC_S_LE : INET_DIAG_BC_D_LE;
    if (node.low == node.high) return port_condition(local ? INET_DIAG_BC_S_EQ : INET_DIAG_BC_D_EQ, node.low);
    if (node.low == 0) return port_condition(most, node.high);
    if (node.high == highest_port) return port_condition(least, node.low);
    return both(port_condition(least, node.low), port_condition(most, node.high));
}

Program address_prefix(const Prefix& prefix, bool local) {
    const std::size_t bytes = width(prefix.family()) / 8;
    Program program = condition(local ? INET_DIAG_BC_S_COND : INET_DIAG_BC_D_COND, sizeof(inet_diag_hostcond) + bytes);
    append(program,
           inet_diag_hostcond{.family = static_cast<std::uint8_t>(prefix.family() == Family::v4 ? AF_INET : AF_INET6),
                              .prefix_len = static_cast<std::uint8_t>(prefix.length()),
                              .port = -1});
    const auto address = prefix.network().bytes();
    program.insert(program.end(), address.begin(), address.begin() + static_cast<std::ptrdiff_t>(bytes));
    return program;
}

/// One side's condition for the side that is meant, or for either of both.
template <class Make>
Program sided(Side side, Make&& make) {
    if (side != Side::either) return make(side == Side::local);
    return either(make(true), make(false));
}

class Compiler {
  public:
    explicit Compiler(const Filter::IndexOf& index_of) : index_of_(index_of) {}

    /// `negated`: compile not(node). A negation moves down to the conditions, because "not perhaps" is "perhaps".
    Perhaps compile(const Node& node, bool negated) const {
        if (node.op == Op::negate) return compile(node.children.front(), !negated);
        if (node.op == Op::all_of || node.op == Op::any_of) return join(node, negated);
        auto program = leaf(node);
        if (program && negated) return opposite(std::move(*program));
        return program;
    }

  private:
    Perhaps join(const Node& node, bool negated) const {
        const bool conjunction = (node.op == Op::all_of) != negated;
        Perhaps joined;
        for (const Node& child : node.children) {
            auto program = compile(child, negated);
            if (!program && !conjunction) return std::nullopt;  // one of the alternatives lets everything pass
            if (!program) continue;
            if (!joined)
                joined = std::move(program);
            else
                joined = conjunction ? both(std::move(*joined), *program) : either(std::move(*joined), *program);
            if (joined->size() > longest) return std::nullopt;
        }
        return joined;
    }

    /// Exactly the condition of one leaf, or nothing.
    Perhaps leaf(const Node& node) const {
        switch (node.op) {
            case Op::port:
                if (node.low > node.high) return jump(2 * step);  // no port is: reject
                return sided(node.side, [&](bool local) { return port_range(node, local); });
            case Op::address: {
                const auto prefix = node.range.as_prefix();
                if (!prefix) return std::nullopt;
                return sided(node.side, [&](bool local) { return address_prefix(*prefix, local); });
            }
            case Op::device: {
                const std::uint32_t index = index_of_(node.text);
                if (index == 0) return std::nullopt;
                Program program = condition(INET_DIAG_BC_DEV_COND, sizeof(index));
                append(program, index);
                return program;
            }
            default:
                return std::nullopt;
        }
    }

    const Filter::IndexOf& index_of_;
};

}  // namespace

std::vector<std::uint8_t> compile(const Node& root, const Filter::IndexOf& index_of) {
    return Compiler(index_of).compile(root, false).value_or(Program());
}

}  // namespace fid::sockets
