// SPDX-License-Identifier: MIT
#include "dns/bulk_servers.h"

#include <algorithm>
#include <cstdlib>

namespace fid::dns {
namespace {

constexpr Nanoseconds ms = 1'000'000;
/// Until something was measured. Answers that come later still count (see Bulk), so impatience costs packets only.
constexpr Nanoseconds first_patience = 500 * ms, least_patience = 50 * ms;
constexpr std::uint32_t samples_enough = 8;
/// So many losses in a row are no accident: where every third packet is lost they happen once in 40 million times.
constexpr std::uint32_t silence = 16;
constexpr Nanoseconds first_rest = 1000 * ms;
constexpr unsigned longest_rest = 5;       // first_rest doubled so often: 32 s
constexpr std::uint32_t trial_window = 4;  // after a rest, until there is an answer
constexpr Nanoseconds least_round = 20 * ms;

}  // namespace

void BulkServer::answered(Nanoseconds round_trip, bool under_way) {
    if (under_way) --under_way_;
    ++counts_.answered;
    window_.answered();
    silent_ = rests_ = 0;
    rests_until_ = 0;
    if (samples_ == 0) {
        average_ = round_trip;
        deviation_ = round_trip / 2;
    } else {
        deviation_ += (std::abs(round_trip - average_) - deviation_) / 4;
        average_ += (round_trip - average_) / 8;
    }
    if (samples_ < samples_enough) ++samples_;
}

void BulkServer::lost(Nanoseconds now) {
    --under_way_;
    ++counts_.lost;
    window_.lost();
    if (++silent_ >= silence || rests_ > 0) rest(now);
}

void BulkServer::refused(Nanoseconds now) {
    --under_way_;
    ++counts_.refused;
    rest(now);
}

void BulkServer::rest(Nanoseconds now) {
    if (now < rests_until_) return;
    rests_until_ = now + (first_rest << std::min(rests_, longest_rest));
    ++rests_;
    silent_ = 0;
}

std::uint32_t BulkServer::room() const { return rests_ > 0 ? trial_window : window_.size(); }

Nanoseconds BulkServer::patience(unsigned attempt) const {
    const Nanoseconds first = samples_ < samples_enough ? first_patience : average_ + 4 * deviation_;
    constexpr unsigned most_doublings = 16;
    // Twice the same, then doubled: a lost packet is soon asked for again, a slow server not pressed.
    return std::min(timeout_, std::max(first, least_patience) << std::min(attempt / 2, most_doublings));
}

std::optional<std::uint32_t> BulkServers::pick(Nanoseconds now, RandomPool& random, const Usable& usable) {
    const auto count = static_cast<std::uint32_t>(servers_.size());
    // With one server there is no other to turn to: rests do not count, its window does.
    if (count == 1) {
        if (servers_[0].has_room_alone() && usable(0)) return 0;
        servers_[0].window().was_full();
        return std::nullopt;
    }
    // From a random one on, the least loaded of the first few that will do.
    constexpr unsigned enough = 4;
    const std::uint32_t start = random.below(count);
    std::optional<std::uint32_t> best;
    bool any_healthy = false;
    unsigned seen = 0;
    for (std::uint32_t i = 0; i < count && seen < enough; ++i) {
        const std::uint32_t server = start + i < count ? start + i : start + i - count;
        BulkServer& one = servers_[server];
        if (!one.healthy(now)) continue;
        any_healthy = true;
        if (!one.has_room() || !usable(server)) {
            one.window().was_full();
            continue;
        }
        ++seen;
        if (!best || one.load() < servers_[*best].load()) best = server;
    }
    if (best || any_healthy) return best;
    // All rest: one of them is tried all the same.
    for (std::uint32_t i = 0; i < count; ++i) {
        const std::uint32_t server = start + i < count ? start + i : start + i - count;
        if (servers_[server].has_room() && usable(server)) return server;
    }
    return std::nullopt;
}

std::optional<std::uint32_t> BulkServers::pick_other(std::uint32_t last, Nanoseconds now, RandomPool& random,
                                                     const Usable& usable) const {
    const auto count = static_cast<std::uint32_t>(servers_.size());
    const std::uint32_t start = random.below(count);
    std::optional<std::uint32_t> resting;
    for (std::uint32_t i = 0; i < count; ++i) {
        const std::uint32_t server = start + i < count ? start + i : start + i - count;
        if (server == last || !usable(server)) continue;
        if (servers_[server].healthy(now)) return server;
        resting = server;
    }
    const bool last_will_do = usable(last);
    if (last_will_do && (servers_[last].healthy(now) || !resting)) return last;
    return resting;
}

void BulkServers::tick(Nanoseconds now) {
    for (BulkServer& server : servers_)
        server.window().tick(now, std::max({least_round, server.patience(0), 4 * server.round_trip()}));
}

}  // namespace fid::dns
