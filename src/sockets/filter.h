// SPDX-License-Identifier: MIT
// The filter language of `fid sockets`: ss's words (ss(8)), and processes, users and queues besides.
//
//   state established          listening          dport = :443       sport >= 1024      :8080 (either side)
//   src 10.0.0.0/8   dst [2001:db8::1]:443        dev eth0           process nginx      user www-data
//   tcp udp raw unix netlink packet ipv4 ipv6     recv-q > 0         exposed
//
// joined by and (or nothing), or, not and parentheses. `and` and `or` rank alike, from left to right, as for ss.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "report/error.h"
#include "sockets/holders.h"
#include "sockets/socket.h"

namespace fid::sockets {

struct Node;

/// What a filter asks that is not in the socket itself.
struct Surroundings {
    std::string_view device;          ///< the name of the interface the socket is bound to
    std::span<const Holder> holders;  ///< the processes that have it
    bool holders_known = true;        ///< false: judge as if any process might have it
};

/// The sockets that may match, in the kernel's terms. Each part may let through too many, never too few.
struct Bounds {
    KindMask kinds = every_kind;
    bool v4 = true, v6 = true;
    StateMask states = every_state;
};

class Filter {
  public:
    /// Status usage; the error shows the place with a caret. The empty text is a filter that every socket passes.
    [[nodiscard]] static Result<Filter> parse(std::string_view text);
    Filter();
    Filter(Filter&&) noexcept;
    Filter& operator=(Filter&&) noexcept;
    ~Filter();

    [[nodiscard]] bool matches(const Socket& socket, const Surroundings& around) const;
    /// Does it ask for processes?
    [[nodiscard]] bool needs_holders() const;
    /// Is `or` followed by `and` without parentheses? Many would read that differently.
    [[nodiscard]] bool mixes_and_or() const { return mixes_; }
    /// The kinds it names itself ("unix"), which are then meant even where they are not listed by default.
    [[nodiscard]] KindMask named_kinds() const;
    [[nodiscard]] Bounds bounds() const;
    /// The filter, or as much of it as the kernel understands, for INET_DIAG_REQ_BYTECODE on TCP and UDP sockets; empty
    /// where the kernel can leave nothing out. `index_of` gives the interface index of a name in the namespace asked, 0
    /// where there is none.
    using IndexOf = std::function<std::uint32_t(const std::string& name)>;
    [[nodiscard]] std::vector<std::uint8_t> bytecode(const IndexOf& index_of) const;

  private:
    std::unique_ptr<const Node> root_;  ///< null: everything
    bool mixes_ = false;
};

}  // namespace fid::sockets
