// SPDX-License-Identifier: MIT
#include "dns/bulk.h"

#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <limits>

#include "dns/bulk_servers.h"
#include "dns/bulk_shape.h"
#include "dns/bulk_sockets.h"
#include "dns/bulk_tcp.h"

namespace fid::dns {
namespace {

namespace wire = packet::dns;

constexpr Nanoseconds ms = 1'000'000;
constexpr Nanoseconds longest_sleep = 100 * ms;  // so that `watch` is called
constexpr Nanoseconds between_ticks = 5 * ms;
constexpr Nanoseconds no_room_rest = 10 * ms;
constexpr unsigned starts_at_once = 256;  // before answers are read again
constexpr double burst_s = 0.01;          // of a rate limit
constexpr unsigned refusals_enough = 3;   // where no server listens, more tries would hardly help
/// After so many questions without any answer at all there is nobody: the rest are asked once each.
constexpr std::uint64_t hopeless = 256;
/// A late answer to an earlier attempt is as good as one to the last: so many attempts are listened for.
constexpr std::size_t tickets_kept = 4;

constexpr std::uint64_t source_tag = std::uint64_t{1} << 62U, tcp_tag = std::uint64_t{1} << 61U;

Nanoseconds steady_now() {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

std::size_t query_room(const QueryOptions& query) {
    // The longest name, to see how large messages become with these options.
    std::vector<std::uint8_t> room(std::numeric_limits<std::uint16_t>::max());
    constexpr std::size_t longest_name = Name::max_size - 1;
    return write_query(room, 0, {}, query) + longest_name + (query.edns ? query.edns->padding : 0);
}

bool is_failure(unsigned code) {
    return code == rcode::server_failure || code == rcode::refused || code == rcode::not_implemented;
}

}  // namespace

class Bulk::Engine {
  public:
    Engine(BulkOptions options, BulkSource& source, Sink sink, Watch watch)
        : options_(std::move(options)),
          shape_(bulk_shape(options_.servers.size(), options_.window)),
          source_(source),
          sink_(std::move(sink)),
          watch_(std::move(watch)),
          plain_query_(options_.query),
          poll_(epoll_create1(EPOLL_CLOEXEC)),
          servers_(options_.servers.size(), shape_.window, options_.timeout),
          plain_servers_(options_.servers.size()),
          sockets_(
              {options_.servers, options_.socket, shape_.sockets_each, shape_.id_bits, query_room(options_.query)}),
          tcp_(poll_.get(), tcp_tag, options_.servers, options_.socket, query_room(options_.query), tcp_hooks()),
          timers_(steady_now()),
          usable_([this](std::uint32_t server) { return sockets_.has_room(server); }) {
        plain_query_.edns.reset();
    }

    Result<void> run() {
        if (!poll_.valid()) return fail_errno(Status::cannot_connect, "cannot open", "an epoll descriptor", errno);
        if (auto opened = sockets_.open(poll_.get()); !opened) return opened;
        while (true) {
            now_ = steady_now();
            timers_.advance(now_, [this](std::uint32_t slot) { on_timer(slot); });
            if (now_ >= next_tick_) {
                next_tick_ = now_ + between_ticks;
                servers_.tick(now_);
                if (!watch_()) return {};
            }
            start_questions();
            sockets_.flush();
            sockets_.tell_failures([this](std::uint32_t socket, int error) { on_unreachable(socket, error); });
            sockets_.flush();
            tcp_.serve_waiting();
            if (ended_ && slots_.size() == free_.size()) return {};
            wait();
        }
    }

    [[nodiscard]] const BulkCounts& counts() const { return counts_; }
    [[nodiscard]] BulkServerReport server(std::size_t index) const {
        const BulkServer& one = servers_[index];
        const auto& counts = one.counts();
        return {counts.sent, counts.answered, counts.lost, counts.refused, one.round_trip(), one.window().size()};
    }
    void each_unfinished(const std::function<void(const BulkQuestion&)>& each) const {
        for (const Slot& slot : slots_)
            if (slot.phase != Phase::free) each(slot.question);
    }

  private:
    enum class Phase : std::uint8_t {
        free,
        waiting,  ///< for an answer over UDP
        resting,  ///< until it is asked again
        queued,   ///< for a TCP connection
        over_tcp,
    };
    /// An attempt that may still be answered.
    struct Attempt {
        Ticket ticket;
        Nanoseconds sent = 0;
    };
    /// A question under way.
    struct Slot {
        BulkQuestion question;
        std::array<Attempt, tickets_kept> attempts;  ///< the last ones, in turn
        std::uint32_t server = 0;                    ///< asked last
        std::uint32_t tries = 0, refusals = 0, failures = 0;
        std::uint16_t tcp_id = 0;
        Phase phase = Phase::free;
        bool plain = false;         ///< without EDNS
        bool refused_edns = false;  ///< because this question's server did not know it
        int error = 0;              ///< of the last attempt
        Nanoseconds tcp_sent = 0;
        std::vector<std::uint8_t> failure;  ///< an answer such as SERVFAIL, to be the result where no better one comes
        std::uint32_t failure_from = 0;
    };

    BulkTcp::Hooks tcp_hooks() {
        return {
            .write = [this](std::uint32_t slot, std::span<std::uint8_t> into) { return write_tcp_query(slot, into); },
            .started =
                [this](std::uint32_t slot) {
                    slots_[slot].phase = Phase::over_tcp;
                    slots_[slot].tcp_sent = now_;
                    ++counts_.sent;
                    timers_.set(slot, now_ + options_.timeout);
                },
            .received = [this](std::uint32_t slot, Bytes message) { return on_tcp_message(slot, message); },
            .failed = [this](std::uint32_t slot, int error) { on_tcp_failure(slot, error); }};
    }

    // ---- new questions

    void start_questions() {
        more_now_ = false;
        if (options_.rate > 0) earn_credit();
        for (unsigned started = 0; !ended_ && !source_waits_; ++started) {
            if (options_.rate > 0 && credit_ < 1) return;
            if (started == starts_at_once) {
                more_now_ = true;
                return;
            }
            const auto server = servers_.pick(now_, random_, usable_);
            if (!server) return;
            const std::uint32_t index = take_slot();
            const BulkSource::Pull pulled = source_.next(slots_[index].question);
            if (pulled != BulkSource::Pull::question) {
                free_.push_back(index);
                if (pulled == BulkSource::Pull::end)
                    ended_ = true;
                else
                    wait_for_source();
                return;
            }
            ++counts_.questions;
            transmit(index, *server);
        }
    }

    void earn_credit() {
        const double passed_s = static_cast<double>(now_ - credit_at_) / 1e9;
        credit_at_ = now_;
        credit_ = std::min(credit_ + passed_s * options_.rate, std::max(1.0, options_.rate * burst_s));
    }

    void wait_for_source() {
        epoll_event event{.events = EPOLLIN | EPOLLONESHOT, .data = {.u64 = source_tag}};
        const int descriptor = source_.descriptor();
        if (epoll_ctl(poll_.get(), source_known_ ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, descriptor, &event) != 0)
            return;  // cannot be waited for, so it can always be read
        source_known_ = source_waits_ = true;
    }

    std::uint32_t take_slot() {
        if (free_.empty()) {
            free_.push_back(static_cast<std::uint32_t>(slots_.size()));
            slots_.emplace_back();
            timers_.grow(static_cast<std::uint32_t>(slots_.size()));
        }
        const std::uint32_t index = free_.back();
        free_.pop_back();
        return index;
    }

    // ---- attempts

    [[nodiscard]] const QueryOptions& query_for(Slot& slot, std::uint32_t server) {
        if (!slot.plain && plain_servers_[server]) {
            // An answer to an earlier attempt could complain about EDNS: it is not listened for any longer.
            release_tickets(slot);
            slot.plain = true;
        }
        return slot.plain ? plain_query_ : options_.query;
    }

    void transmit(std::uint32_t index, std::uint32_t server) {
        Slot& slot = slots_[index];
        const QueryOptions& query = query_for(slot, server);
        const Ticket ticket =
            sockets_.queue(server, index, random_, [&](std::span<std::uint8_t> into, std::uint16_t id) {
                return write_query(into, id, slot.question.question, query);
            });
        if (!ticket.valid()) return rest(index, no_room_rest);
        Attempt& attempt = slot.attempts[slot.tries % tickets_kept];
        if (attempt.ticket.valid()) sockets_.release(attempt.ticket);
        attempt = {ticket, now_};
        slot.server = server;
        slot.phase = Phase::waiting;
        timers_.set(index, now_ + servers_[server].patience(slot.tries));
        ++slot.tries;
        ++counts_.sent;
        servers_[server].sent();
        if (options_.rate > 0) --credit_;
    }

    [[nodiscard]] unsigned attempts_each() const {
        const bool nobody = counts_.answered == 0 && counts_.timed_out + counts_.unreachable >= hopeless;
        return nobody ? 1 : options_.attempts;
    }

    void rest(std::uint32_t index, Nanoseconds duration) {
        slots_[index].phase = Phase::resting;
        timers_.set(index, now_ + duration);
    }

    /// Asks once more, as a rule another server; or that was the last attempt.
    void again(std::uint32_t index) {
        const Slot& slot = slots_[index];
        if (slot.tries >= attempts_each()) return give_up(index);
        const auto server = servers_.pick_other(slot.server, now_, random_, usable_);
        if (server)
            transmit(index, *server);
        else
            rest(index, no_room_rest);
    }

    void on_timer(std::uint32_t index) {
        Slot& slot = slots_[index];
        if (slot.phase == Phase::waiting) {
            servers_[slot.server].lost(now_);
            slot.error = 0;
        } else if (slot.phase == Phase::over_tcp) {
            tcp_.cancel(index);
            return on_tcp_failure(index, ETIMEDOUT);
        }
        again(index);
    }

    /// The kernel says of a socket that its server cannot be reached: that goes for all that was sent there.
    void on_unreachable(std::uint32_t socket, int error) {
        unreached_.clear();
        sockets_.for_each_waiting(socket, [&](std::uint32_t index) { unreached_.push_back(index); });
        const std::uint32_t server = sockets_.server_of(socket);
        for (const std::uint32_t index : unreached_) {
            Slot& slot = slots_[index];
            const Attempt& last = slot.attempts[(slot.tries - 1) % tickets_kept];
            if (slot.phase != Phase::waiting || last.ticket.socket != socket) continue;
            servers_[server].refused(now_);
            slot.error = error;
            ++slot.refusals;
            const auto other = servers_.pick_other(server, now_, random_, usable_);
            if (other && *other != server && servers_[*other].healthy(now_) && slot.tries < options_.attempts)
                transmit(index, *other);
            else if (slot.refusals >= std::min(refusals_enough, attempts_each()))
                give_up(index);
            else
                rest(index, servers_[server].patience(slot.tries - 1));
        }
    }

    // ---- answers

    void on_message(std::uint32_t socket, Bytes bytes, bool cut) {
        packet::Cursor at(bytes);
        const Ticket ticket{socket, at.u16()};
        const auto found = at.ok() ? sockets_.find(ticket) : std::nullopt;
        if (!found) {
            ++counts_.stray;
            return;
        }
        const std::uint32_t index = *found;
        Slot& slot = slots_[index];
        if (match_reply(bytes, ticket.id, slot.question.question) != Match::yes) {
            ++counts_.mismatched;
            return;
        }
        const std::uint32_t server = sockets_.server_of(socket);
        const auto same = [&](const Attempt& one) { return one.ticket.socket == socket && one.ticket.id == ticket.id; };
        const auto attempt = std::ranges::find_if(slot.attempts, same);
        const Attempt& last = slot.attempts[(slot.tries - 1) % tickets_kept];
        const Nanoseconds round_trip = now_ - attempt->sent;
        // The last attempt is no longer waited for, be this its answer or an earlier one's.
        const bool expected = same(last);
        if (slot.phase == Phase::waiting && !expected) servers_[slot.server].forgotten();
        servers_[server].answered(round_trip, slot.phase == Phase::waiting && expected);
        timers_.clear(index);
        release_tickets(slot);
        slot.server = server;
        take_answer(index, bytes, cut, round_trip);
    }

    void take_answer(std::uint32_t index, Bytes bytes, bool cut, Nanoseconds round_trip) {
        Slot& slot = slots_[index];
        const auto opened = Message::open(bytes);
        if (!opened) return again(index);  // match_reply() has seen the header
        const Message& message = *opened;
        const unsigned code = message.header().rcode();
        if ((cut || message.header().has(wire::flag_truncated)) && (options_.tcp || cut)) {
            slot.phase = Phase::queued;
            ++counts_.over_tcp;
            return tcp_.ask(index, slot.server);
        }
        if (options_.query.edns && !slot.plain && (code == rcode::format_error || code == rcode::not_implemented) &&
            !message.edns()) {
            // RFC 6891 section 7: it does not know EDNS. That is no failed attempt.
            slot.plain = slot.refused_edns = true;
            slot.tries = 0;
            return transmit(index, slot.server);
        }
        // All others will be asked without EDNS from the start.
        if (slot.plain && slot.refused_edns && code == rcode::no_error) plain_servers_[slot.server] = true;
        if (is_failure(code) && servers_.size() > slot.failures + 1 && slot.failures < 2 &&
            slot.tries < options_.attempts) {
            ++slot.failures;
            slot.failure.assign(bytes.begin(), bytes.end());
            slot.failure_from = slot.server;
            return again(index);
        }
        finish(index, {.question = slot.question,
                       .end = BulkEnd::answered,
                       .reply = bytes,
                       .server = slot.server,
                       .carrier = slot.phase == Phase::over_tcp ? Carrier::tcp : Carrier::udp,
                       .round_trip = round_trip,
                       .attempts = slot.tries,
                       .error = 0});
    }

    std::size_t write_tcp_query(std::uint32_t index, std::span<std::uint8_t> into) {
        Slot& slot = slots_[index];
        slot.tcp_id = random_.next16();
        return write_query(into, slot.tcp_id, slot.question.question, query_for(slot, slot.server));
    }

    bool on_tcp_message(std::uint32_t index, Bytes bytes) {
        const Slot& slot = slots_[index];
        if (match_reply(bytes, slot.tcp_id, slot.question.question) != Match::yes) return false;
        const auto message = Message::open(bytes);
        if (!message || message->header().has(wire::flag_truncated)) return false;  // a server that only says so
        timers_.clear(index);
        take_answer(index, bytes, false, now_ - slot.tcp_sent);
        return true;
    }

    void on_tcp_failure(std::uint32_t index, int error) {
        timers_.clear(index);
        slots_[index].error = error;
        again(index);
    }

    // ---- results

    void release_tickets(Slot& slot) {
        for (Attempt& attempt : slot.attempts) {
            if (attempt.ticket.valid()) sockets_.release(attempt.ticket);
            attempt = {};
        }
    }

    void give_up(std::uint32_t index) {
        const Slot& slot = slots_[index];
        BulkResult result{.question = slot.question,
                          .end = slot.error == 0 || slot.error == ETIMEDOUT ? BulkEnd::timed_out : BulkEnd::unreachable,
                          .reply = {},
                          .server = slot.server,
                          .carrier = slot.phase == Phase::over_tcp ? Carrier::tcp : Carrier::udp,
                          .round_trip = 0,
                          .attempts = slot.tries,
                          .error = slot.error};
        if (!slot.failure.empty()) {
            result.end = BulkEnd::answered;
            result.reply = slot.failure;
            result.server = slot.failure_from;
        }
        finish(index, result);
    }

    void finish(std::uint32_t index, const BulkResult& result) {
        ++(result.end == BulkEnd::answered    ? counts_.answered
           : result.end == BulkEnd::timed_out ? counts_.timed_out
                                              : counts_.unreachable);
        sink_(result);
        Slot& slot = slots_[index];
        timers_.clear(index);
        release_tickets(slot);
        slot.phase = Phase::free;
        slot.tries = slot.refusals = slot.failures = 0;
        slot.plain = slot.refused_edns = false;
        slot.error = 0;
        slot.failure.clear();
        free_.push_back(index);
    }

    // ---- waiting

    void wait() {
        Nanoseconds sleep = std::min(std::max<Nanoseconds>(timers_.wake_at() - now_, 0), longest_sleep);
        if (options_.rate > 0 && credit_ < 1 && !ended_)
            sleep = std::min(sleep, static_cast<Nanoseconds>(std::ceil((1 - credit_) * 1e9 / options_.rate)));
        if (more_now_) sleep = 0;
        const timespec timeout{sleep / 1'000'000'000, sleep % 1'000'000'000};
        const int count =
            epoll_pwait2(poll_.get(), events_.data(), static_cast<int>(events_.size()), &timeout, nullptr);
        now_ = steady_now();
        for (int i = 0; i < count; ++i) {
            const std::uint64_t tag = events_[static_cast<std::size_t>(i)].data.u64;
            if (tag == source_tag)
                source_waits_ = false;
            else if (tag >= tcp_tag)
                tcp_.ready(tag);
            else
                sockets_.receive(static_cast<std::uint32_t>(tag), [this](std::uint32_t socket, Bytes bytes, bool cut) {
                    on_message(socket, bytes, cut);
                });
        }
    }

    BulkOptions options_;
    BulkShape shape_;
    BulkSource& source_;
    Sink sink_;
    Watch watch_;
    QueryOptions plain_query_;  ///< without EDNS
    transport::Descriptor poll_;
    RandomPool random_;
    BulkServers servers_;
    std::vector<bool> plain_servers_;  ///< that do not know EDNS
    BulkSockets sockets_;
    BulkTcp tcp_;
    TimerWheel timers_;
    BulkServers::Usable usable_;
    std::vector<Slot> slots_;
    std::vector<std::uint32_t> free_, unreached_;
    BulkCounts counts_;
    Nanoseconds now_ = 0, next_tick_ = 0, credit_at_ = 0;
    double credit_ = 0;
    bool ended_ = false, source_waits_ = false, source_known_ = false, more_now_ = false;
    std::array<epoll_event, 64> events_{};
};

Bulk::Bulk(BulkOptions options, BulkSource& source, Sink sink, Watch watch)
    : engine_(std::make_unique<Engine>(std::move(options), source, std::move(sink), std::move(watch))) {}
Bulk::~Bulk() = default;

Result<void> Bulk::run() { return engine_->run(); }
const BulkCounts& Bulk::counts() const { return engine_->counts(); }
BulkServerReport Bulk::server(std::size_t index) const { return engine_->server(index); }
void Bulk::each_unfinished(const std::function<void(const BulkQuestion&)>& each) const {
    engine_->each_unfinished(each);
}

}  // namespace fid::dns
