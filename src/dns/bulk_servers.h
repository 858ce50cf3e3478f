// SPDX-License-Identifier: MIT
// Which server to ask next: the one with the most room among those that answer.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "dns/bulk_ids.h"
#include "dns/bulk_window.h"

namespace fid::dns {

/// What happened at one server, and what that says about the next question to it. Knows no sockets and no clock.
class BulkServer {
  public:
    struct Counts {
        std::uint64_t sent = 0, answered = 0, lost = 0, refused = 0;
    };
    explicit BulkServer(const Window::Limits& limits, Nanoseconds timeout) : window_(limits), timeout_(timeout) {}

    void sent() {
        ++counts_.sent;
        ++under_way_;
    }
    /// An answer, to a question that is `under_way` or was given up already.
    void answered(Nanoseconds round_trip, bool under_way);
    /// No answer in time.
    void lost(Nanoseconds now);
    /// The kernel says that nobody listens there, or that there is no way.
    void refused(Nanoseconds now);
    /// A question is not waited for any longer, for reasons that are not the server's.
    void forgotten() { --under_way_; }

    /// How long to wait for the answer to the attempt of this number, from 0.
    [[nodiscard]] Nanoseconds patience(unsigned attempt) const;
    /// Does it answer, as far as we know? After a rest it is tried with a few questions.
    [[nodiscard]] bool healthy(Nanoseconds now) const { return now >= rests_until_; }
    [[nodiscard]] bool has_room() const { return under_way_ < room(); }
    /// The same for the only server there is: it is asked as if it were healthy.
    [[nodiscard]] bool has_room_alone() const { return under_way_ < window_.size(); }
    [[nodiscard]] double load() const { return static_cast<double>(under_way_) / static_cast<double>(room()); }
    Window& window() { return window_; }
    [[nodiscard]] const Window& window() const { return window_; }
    [[nodiscard]] Nanoseconds round_trip() const { return average_; }  ///< 0 where nothing was measured
    [[nodiscard]] const Counts& counts() const { return counts_; }

  private:
    [[nodiscard]] std::uint32_t room() const;
    void rest(Nanoseconds now);

    Window window_;
    Nanoseconds timeout_;
    Counts counts_;
    std::uint32_t under_way_ = 0;
    Nanoseconds average_ = 0, deviation_ = 0;  // RFC 6298
    std::uint32_t samples_ = 0;
    std::uint32_t silent_ = 0;  ///< losses since the last answer
    unsigned rests_ = 0;        ///< one after another, without an answer in between
    Nanoseconds rests_until_ = 0;
};

class BulkServers {
  public:
    BulkServers(std::size_t count, const Window::Limits& limits, Nanoseconds timeout)
        : servers_(count, BulkServer(limits, timeout)) {}

    [[nodiscard]] BulkServer& operator[](std::size_t index) { return servers_[index]; }
    [[nodiscard]] const BulkServer& operator[](std::size_t index) const { return servers_[index]; }
    [[nodiscard]] std::size_t size() const { return servers_.size(); }

    /// A server for a new question; nothing where all windows are full, which they are told. `usable` says whether
    /// there is a socket.
    using Usable = std::function<bool(std::uint32_t)>;
    [[nodiscard]] std::optional<std::uint32_t> pick(Nanoseconds now, RandomPool& random, const Usable& usable);
    /// For asking once more: another one than `last` where there is one. Windows do not count.
    [[nodiscard]] std::optional<std::uint32_t> pick_other(std::uint32_t last, Nanoseconds now, RandomPool& random,
                                                          const Usable& usable) const;
    /// To be called often.
    void tick(Nanoseconds now);

  private:
    std::vector<BulkServer> servers_;
};

}  // namespace fid::dns
