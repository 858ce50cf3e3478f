// SPDX-License-Identifier: MIT
// The programs for the kernel, judged by what net/ipv4/inet_diag.c does with them: its checker and its interpreter,
// written down here a second time from its rules.
#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <linux/inet_diag.h>
#include <sys/socket.h>

#include <array>
#include <cstring>
#include <random>

#include "making.h"
#include "sockets/filter.h"

namespace {

using namespace fid;
using namespace fid::sockets;
using Program = std::vector<std::uint8_t>;
constexpr long step = sizeof(inet_diag_bc_op);

inet_diag_bc_op op_at(const Program& program, long at) {
    inet_diag_bc_op op;
    std::memcpy(&op, program.data() + at, sizeof(op));
    return op;
}

long least_length(const Program& program, long at) {
    switch (const auto code = op_at(program, at).code; code) {
        case INET_DIAG_BC_S_COND:
        case INET_DIAG_BC_D_COND: {
            inet_diag_hostcond host;
            REQUIRE(at + step + static_cast<long>(sizeof(host)) <= static_cast<long>(program.size()));
            std::memcpy(&host, program.data() + at + step, sizeof(host));
            const long bytes = host.family == AF_INET ? 4 : host.family == AF_INET6 ? 16 : 0;
            REQUIRE(host.prefix_len <= 8 * bytes);
            return step + static_cast<long>(sizeof(host)) + bytes;
        }
        case INET_DIAG_BC_S_EQ:
        case INET_DIAG_BC_D_EQ:
        case INET_DIAG_BC_S_GE:
        case INET_DIAG_BC_S_LE:
        case INET_DIAG_BC_D_GE:
        case INET_DIAG_BC_D_LE:
            return 2 * step;
        case INET_DIAG_BC_DEV_COND:
            return step + 4;
        default:
            REQUIRE(code == INET_DIAG_BC_JMP);
            return step;
    }
}

/// inet_diag_bc_audit(): every jump goes forward, to an instruction, to the end or one step beyond it.
bool audit(const Program& program) {
    const long size = static_cast<long>(program.size());
    std::vector<bool> starts(program.size() + 1);
    starts[program.size()] = true;
    for (long at = 0; at < size; at += op_at(program, at).yes) starts[static_cast<std::size_t>(at)] = true;
    long at = 0;
    for (; at < size; at += op_at(program, at).yes) {
        const auto op = op_at(program, at);
        const long least = least_length(program, at);
        const long rest = size - at;
        if (op.yes < least || op.yes > rest + 4 || (op.yes & 3) != 0) return false;
        if (op.no < least || op.no > rest + 4 || (op.no & 3) != 0) return false;
        if (op.no < rest && !starts[static_cast<std::size_t>(at + op.no)]) return false;
    }
    return at == size;
}

bool host_holds(const Program& program, long at, const Address& address) {
    inet_diag_hostcond host;
    std::memcpy(&host, program.data() + at + step, sizeof(host));
    const auto* want = program.data() + at + step + static_cast<long>(sizeof(host));
    auto have = address.bytes();
    if ((host.family == AF_INET) != address.is_v4()) {
        constexpr Uint128 mapped = 0xffff;
        if (host.family != AF_INET || address.number() >> 32U != mapped) return false;
        std::memmove(have.data(), have.data() + 12, 4);
    }
    for (unsigned bit_number = 0; bit_number < host.prefix_len; ++bit_number) {
        const unsigned mask = 0x80U >> (bit_number % 8);
        if ((want[bit_number / 8] & mask) != (have.at(bit_number / 8) & mask)) return false;
    }
    return true;
}

/// inet_diag_bc_run()
bool runs(const Program& program, const Socket& socket) {
    long at = 0;
    const long size = static_cast<long>(program.size());
    while (at < size) {
        const auto op = op_at(program, at);
        const auto argument = at + 2 * step <= size ? op_at(program, at + step).no : std::uint16_t{0};
        bool yes = false;
        switch (op.code) {
            case INET_DIAG_BC_S_EQ:
                yes = socket.local_port == argument;
                break;
            case INET_DIAG_BC_D_EQ:
                yes = socket.peer_port == argument;
                break;
            case INET_DIAG_BC_S_GE:
                yes = socket.local_port >= argument;
                break;
            case INET_DIAG_BC_S_LE:
                yes = socket.local_port <= argument;
                break;
            case INET_DIAG_BC_D_GE:
                yes = socket.peer_port >= argument;
                break;
            case INET_DIAG_BC_D_LE:
                yes = socket.peer_port <= argument;
                break;
            case INET_DIAG_BC_S_COND:
                yes = host_holds(program, at, socket.local);
                break;
            case INET_DIAG_BC_D_COND:
                yes = host_holds(program, at, socket.peer);
                break;
            case INET_DIAG_BC_DEV_COND: {
                std::uint32_t index = 0;
                std::memcpy(&index, program.data() + at + step, sizeof(index));
                yes = socket.interface == index;
                break;
            }
            default:
                break;
        }
        at += yes ? op.yes : op.no;
    }
    return at == size;
}

/// Random filters and sockets from small sets of values, so that they meet.
class Dice {
  public:
    unsigned roll(unsigned sides) { return std::uniform_int_distribution<unsigned>(0, sides - 1)(engine_); }
    template <std::size_t N>
    std::string pick(const std::array<const char*, N>& from) {
        return from[roll(N)];
    }

    /// `exact`: only what the kernel can decide.
    std::string filter(bool exact, unsigned depth = 0) {
        if (depth < 4 && roll(3) != 0) {
            switch (roll(4)) {
                case 0:
                    return "not ( " + filter(exact, depth + 1) + " )";
                case 1:
                    return "( " + filter(exact, depth + 1) + " or " + filter(exact, depth + 1) + " )";
                case 2:
                    return "( " + filter(exact, depth + 1) + " and " + filter(exact, depth + 1) + " )";
                default:
                    return filter(exact, depth + 1) + " " + filter(exact, depth + 1);
            }
        }
        static constexpr std::array ports{"0", "22", "80", "443", "50100", "65535", "20-100", "80,443"};
        static constexpr std::array relations{"=", "!=", "<", ">", "<=", ">="};
        static constexpr std::array sides{"sport", "dport", "port"};
        static constexpr std::array hosts{"10/8", "10.0.0.5", "0.0.0.0/0",        "2001:db8::/32",
                                          "::/0", "::1",      "198.51.100.80:443"};
        static constexpr std::array ends{"src", "dst", "host"};
        static constexpr std::array others{"tcp",        "not udp",   "state listen", "exclude estab",         "user 0",
                                           "recv-q > 5", "process x", "exposed",      "src 10.0.0.3-10.0.0.6", "ipv6"};
        switch (roll(exact ? 3 : 4)) {
            case 0: {
                const std::string port = pick(ports);
                const bool single = port.find_first_of(",-") == std::string::npos;
                return pick(sides) + " " + (single ? pick(relations) : "=") + " " + port;
            }
            case 1:
                return pick(ends) + " " + pick(hosts);
            case 2:
                return roll(2) == 0 ? "dev eth0" : "dev != eth0";
            default:
                return pick(others);
        }
    }

    Socket socket() {
        static constexpr std::array addresses{"10.0.0.5", "198.51.100.80", "127.0.0.1",
                                              "::1",      "2001:db8::5",   "::ffff:10.0.0.5"};
        static constexpr std::array<std::uint16_t, 7> ports{0, 22, 80, 443, 444, 50100, 65535};
        static constexpr std::array states{State::established, State::listen, State::time_wait};
        const std::string local = pick(addresses);
        std::string peer = pick(addresses);
        if ((local.find(':') == std::string::npos) != (peer.find(':') == std::string::npos)) peer = local;
        Socket made = testing::ip_socket(roll(2) == 0 ? Kind::tcp : Kind::udp, states[roll(states.size())], local,
                                         ports[roll(ports.size())], peer, ports[roll(ports.size())]);
        made.recv_queue = roll(10);
        made.interface = roll(2) == 0 ? 0 : 2;
        return made;
    }

  private:
    std::mt19937 engine_{20261121};  // always the same, so that a failure comes again
};

std::uint32_t index_of(const std::string& name) { return name == "eth0" ? 2 : 0; }

Surroundings around(const Socket& socket, bool holders_known) {
    return {.device = socket.interface == 2 ? "eth0" : "", .holders = {}, .holders_known = holders_known};
}

TEST_CASE("the kernel passes at least what the filter passes, and exactly that where it can decide all of it") {
    Dice dice;
    std::size_t left_out = 0;
    for (unsigned round = 0; round < 3000; ++round) {
        const bool exact = round % 2 == 0;
        const std::string text = dice.filter(exact);
        const auto filter = Filter::parse(text);
        REQUIRE_MESSAGE(filter, text);
        const Program program = filter->bytecode(index_of);
        REQUIRE_MESSAGE(audit(program), text);
        const Bounds bounds = filter->bounds();
        for (unsigned i = 0; i < 20; ++i) {
            const Socket socket = dice.socket();
            const bool kernel = runs(program, socket);
            const bool wanted = filter->matches(socket, around(socket, exact));
            CAPTURE(text);
            const std::string ends = socket.local.text() + " " + std::to_string(socket.local_port) + " " +
                                     socket.peer.text() + " " + std::to_string(socket.peer_port);
            CAPTURE(ends);
            if (exact)
                REQUIRE(kernel == wanted);
            else
                REQUIRE((kernel || !wanted));
            if (!kernel) ++left_out;
            if (!wanted) continue;
            REQUIRE((bounds.states & bit(socket.state)) != 0);
            REQUIRE((bounds.kinds & bit(socket.kind)) != 0);
            REQUIRE((socket.local.is_v4() ? bounds.v4 : bounds.v6));
        }
    }
    CHECK(left_out > 10000);  // or nothing was tested
}

TEST_CASE("a filter that is too long for the kernel is judged by us alone") {
    std::string text = "sport 1";
    for (unsigned i = 2; i < 9000; ++i) text += "," + std::to_string(i);
    const auto filter = Filter::parse(text);
    REQUIRE(filter);
    CHECK(filter->bytecode(index_of).empty());
    CHECK(filter->matches(testing::ip_socket(Kind::tcp, State::listen, "::", 8999), {}));
    CHECK_FALSE(filter->matches(testing::ip_socket(Kind::tcp, State::listen, "::", 9000), {}));
}

}  // namespace
