// SPDX-License-Identifier: MIT
#include "dns/bulk_streams.h"

#include <algorithm>
#include <deque>
#include <optional>

#include "dns/bulk_ids.h"
#include "dns/bulk_stream_parts.h"
#include "dns/carry.h"
#include "transport/pollable.h"

namespace fid::dns {
namespace {

using transport::Clock;
using transport::Task;

constexpr std::uint32_t most_connections = 3, most_under_way = 100;  // what servers usually bear
constexpr std::size_t block_size = std::size_t{32} * 1024;           // written at once
constexpr auto between_ticks = std::chrono::milliseconds(20);
constexpr std::uint64_t hopeless = 256;  // after so many questions without any answer the rest are asked once each
constexpr std::size_t given_up_at_once = 4096;

}  // namespace

class BulkStreams::Engine {
  public:
    Engine(BulkStreamsOptions options, BulkSource& source, Sink sink, Watch watch)
        : options_(std::move(options)),
          source_(source),
          sink_(std::move(sink)),
          watch_(std::move(watch)),
          pace_(options_.rate),
          reports_(options_.servers.size()),
          failures_(options_.servers.size()) {
        const auto servers = static_cast<std::uint32_t>(options_.servers.size());
        const std::uint32_t window = options_.window == 0 ? ~0U : (options_.window + servers - 1) / servers;
        each_ = std::min(most_connections, window);
        rooms_.assign(servers, StreamRoom(options_.window == 0 ? most_under_way : (window + each_ - 1) / each_));
        for (std::uint32_t server = 0; server < servers; ++server)
            for (std::uint32_t number = 0; number < each_; ++number)
                connections_.push_back(std::make_unique<Connection>(loop_, server, number));
        serving_ = connections_.size();
    }

    Result<void> run() {
        const auto executor = loop_.get_executor();
        for (const auto& connection : connections_) {
            auto serving = serve(*connection);
            transport::asio::co_spawn(executor, std::move(serving), transport::asio::detached);
        }
        auto ticking = tick();
        transport::asio::co_spawn(executor, std::move(ticking), transport::asio::detached);
        loop_.run();
        return {};
    }

    [[nodiscard]] const BulkCounts& counts() const { return counts_; }
    [[nodiscard]] BulkServerReport server(std::size_t index) const {
        BulkServerReport report = reports_[index];
        report.window = rooms_[index].size() * each_;
        return report;
    }
    void each_unfinished(const std::function<void(const BulkQuestion&)>& each) const {
        for (const Slot& slot : slots_)
            if (slot.busy) each(slot.question);
    }

  private:
    using Slot = StreamSlot;
    using Connection = StreamConnection;

    // ---- work

    [[nodiscard]] bool has_work() const { return !over_ && (!again_.empty() || (!ended_ && !source_waits_)); }

    std::optional<std::uint32_t> take_work() {
        if (over_ || (!hopeless_ && !pace_.allows())) return std::nullopt;
        if (!again_.empty()) {
            const std::uint32_t index = again_.front();
            again_.pop_front();
            return index;
        }
        if (ended_ || source_waits_) return std::nullopt;
        if (free_.empty()) {
            free_.push_back(static_cast<std::uint32_t>(slots_.size()));
            slots_.emplace_back();
        }
        const std::uint32_t index = free_.back();
        const BulkSource::Pull pulled = source_.next(slots_[index].question);
        if (pulled == BulkSource::Pull::later) wait_for_source();
        if (pulled == BulkSource::Pull::end) {
            ended_ = true;
            end_if_done();
        }
        if (pulled != BulkSource::Pull::question) return std::nullopt;
        free_.pop_back();
        slots_[index].busy = true;
        ++busy_;
        ++counts_.questions;
        return index;
    }

    void wait_for_source() {
        source_waits_ = true;
        if (!source_ready_)
            source_ready_.emplace(transport::Pollable::borrowed(loop_.get_executor(), source_.descriptor()));
        auto waiting = await_source();
        transport::asio::co_spawn(loop_.get_executor(), std::move(waiting), transport::asio::detached);
    }
    Task<void> await_source() {
        auto waiting = source_ready_->readable();
        (void)co_await std::move(waiting);
        source_waits_ = false;
        wake_all();
    }

    void wake_all() {
        for (const auto& connection : connections_) connection->wake.cancel();
    }
    Task<void> wait(Connection& connection, Clock::time_point until = Clock::time_point::max()) {
        connection.wake.expires_at(until);
        auto waiting = connection.wake.async_wait(transport::as_task);
        co_await std::move(waiting);
    }

    // ---- connections

    /// A server's second connection is for what the first has no room for, and so on.
    [[nodiscard]] bool is_needed(const Connection& connection) const {
        if (!has_work() || connection.number == 0) return has_work();
        const Connection& before = *connections_[index_of(connection) - 1];
        return before.alive && before.under_way >= room_of(before);
    }
    [[nodiscard]] std::uint32_t index_of(const Connection& connection) const {
        return connection.server * each_ + connection.number;
    }

    [[nodiscard]] std::uint32_t room_of(const Connection& connection) const { return rooms_[connection.server].size(); }

    Task<void> serve(Connection& connection) {
        while (!over_) {
            if (!is_needed(connection)) {
                auto waiting = wait(connection);
                co_await std::move(waiting);
                continue;
            }
            auto connecting = connect(connection);
            co_await std::move(connecting);
            if (!connection.alive) continue;
            connection.reading = true;
            auto reading = read(connection);
            transport::asio::co_spawn(loop_.get_executor(), std::move(reading), transport::asio::detached);
            auto writing = write(connection);
            co_await std::move(writing);
            connection.stream->stop(ended());
            while (connection.reading) {
                auto waiting = wait(connection);
                co_await std::move(waiting);
            }
            give_back(connection);
        }
        --serving_;
        end_loop();
    }

    Task<void> connect(Connection& connection) {
        const Server& server = options_.servers[connection.server];
        ++dialling_;
        auto dialling = transport::dial(loop_.get_executor(), dial_endpoint(server, server.carrier),
                                        dial_options(options_.exchange, server.carrier));
        auto made = co_await std::move(dialling);
        --dialling_;
        if (over_) co_return;
        const bool speaks = made && (server.carrier != Carrier::https || (made->tls && made->tls->alpn == "h2"));
        if (!speaks) {
            Error why = made ? Error{Status::protocol_violation, "cannot ask", {}, "it does not speak HTTP/2", {}}
                             : std::move(made.error());
            const Clock::time_point again = note_failure(connection, std::move(why));
            while (!over_ && Clock::now() < again) {
                auto waiting = wait(connection, again);
                co_await std::move(waiting);
            }
            co_return;
        }
        connection.open(std::move(made->stream));
        if (server.carrier == Carrier::https)
            connection.session.emplace([this, &connection](std::uint64_t mark, Result<HttpsSession::Body> body) {
                on_body(connection, mark, std::move(body));
            });
    }

    /// When to try again.
    Clock::time_point note_failure(const Connection& connection, Error why) {
        unsigned& failures = failures_[connection.server];
        ++(why.status == Status::timeout ? reports_[connection.server].lost : reports_[connection.server].refused);
        // What is not a matter of reaching it will not change.
        const bool may_change = why.status == Status::timeout || why.status == Status::cannot_connect;
        failures = may_change ? failures + 1 : options_.attempts;
        why_hopeless_ = std::move(why);
        hopeless_server_ = connection.server;
        const bool all = std::ranges::all_of(failures_, [&](unsigned count) { return count >= options_.attempts; });
        if (all && std::ranges::none_of(connections_, [](const auto& one) { return one->alive; })) hopeless_ = true;
        return Clock::now() + rest_after(failures);
    }

    Task<void> write(Connection& connection) {
        while (connection.alive && !over_) {
            const std::vector<std::uint8_t> block = fill(connection);
            if (block.empty()) {
                auto waiting = wait(connection);
                co_await std::move(waiting);
                continue;
            }
            if (connection.under_way >= room_of(connection)) wake_all();  // the next connection may be needed
            auto writing = connection.stream->write(block);
            auto written = co_await std::move(writing);
            if (!written) break;
        }
        connection.alive = false;
    }

    /// Questions as far as there is room, and what else the session wants to say.
    std::vector<std::uint8_t> fill(Connection& connection) {
        std::vector<std::uint8_t> block;
        const bool closing = connection.session && connection.session->going_away();
        if (closing && connection.under_way == 0) connection.alive = false;
        while (!closing && connection.under_way < room_of(connection) && block.size() < block_size) {
            const auto index = take_work();
            if (!index) break;
            if (!put(connection, *index, block)) {
                again_.push_front(*index);
                connection.alive = connection.under_way != 0;
                break;
            }
        }
        if (connection.session && !over_) {
            const std::vector<std::uint8_t> frames = connection.session->out();
            block.insert(block.end(), frames.begin(), frames.end());
        }
        return block;
    }

    bool put(Connection& connection, std::uint32_t index, std::vector<std::uint8_t>& block) {
        Slot& slot = slots_[index];
        const Server& server = options_.servers[connection.server];
        slot.id = 0;  // RFC 8484 section 4.1
        while (!connection.session && (slot.id == 0 || connection.ids.contains(slot.id))) slot.id = random_.next16();
        std::vector<std::uint8_t> query =
            make_query(slot.id, slot.question.question, options_.exchange, server.carrier);
        if (connection.session) {
            HttpsRequest request = https_request(server);
            request.body = std::move(query);
            const std::uint64_t mark = std::uint64_t{slot.generation} << 32U | index;
            if (!connection.session->ask(std::move(request), mark)) return false;
        } else {
            block.push_back(static_cast<std::uint8_t>(query.size() >> 8U));
            block.push_back(static_cast<std::uint8_t>(query.size()));
            block.insert(block.end(), query.begin(), query.end());
            connection.ids.emplace(slot.id, index);
        }
        slot.connection = index_of(connection);
        slot.server = connection.server;
        slot.at = Clock::now();
        if (connection.under_way++ == 0) connection.heard = slot.at;
        ++slot.sent;
        ++counts_.sent;
        ++reports_[connection.server].sent;
        pace_.spend();
        return true;
    }

    Task<void> read(Connection& connection) {
        std::vector<std::uint8_t> buffer(block_size);
        connection.why = ended();
        while (connection.alive) {
            auto reading = connection.stream->read(buffer);
            auto chunk = co_await std::move(reading);
            if (!chunk) connection.why = std::move(chunk.error());
            if (!chunk || !take_bytes(connection, Bytes(buffer).first(chunk->size)) || chunk->end) break;
            connection.wake.cancel();
        }
        connection.alive = connection.reading = false;
        connection.wake.cancel();
    }

    bool take_bytes(Connection& connection, Bytes bytes) {
        if (connection.session) {
            auto fed = connection.session->feed(bytes);
            if (!fed) connection.why = std::move(fed.error());
            return fed.has_value();
        }
        take_messages(connection.in, bytes, [&](Bytes message) { take_message(connection, message); });
        return true;
    }

    /// Ends what was asked here and is not answered.
    void give_back(Connection& connection) {
        connection.close();
        std::vector<std::uint32_t> given;
        for (std::uint32_t index = 0; index < slots_.size(); ++index)
            if (slots_[index].busy && slots_[index].connection == index_of(connection)) given.push_back(index);
        const bool counts = !given.empty() && rooms_[connection.server].broke(connection.answered);
        // The oldest first, and before all others.
        std::ranges::sort(given, [&](std::uint32_t a, std::uint32_t b) { return slots_[a].at > slots_[b].at; });
        for (const std::uint32_t index : given)
            if (!over_) again(index, connection.why, counts);
    }

    // ---- answers

    void take_message(Connection& connection, Bytes bytes) {
        const auto message = Message::open(bytes);
        const auto found = message ? connection.ids.find(message->header().id) : connection.ids.end();
        if (found == connection.ids.end()) {
            ++counts_.stray;
            return;
        }
        const std::uint32_t index = found->second;
        connection.ids.erase(found);
        --connection.under_way;
        judge(connection, index, bytes);
    }

    void on_body(Connection& connection, std::uint64_t mark, Result<HttpsSession::Body> body) {
        const auto index = static_cast<std::uint32_t>(mark);
        --connection.under_way;
        Slot& slot = slots_[index];
        if (!slot.busy || slot.generation != mark >> 32U) {
            ++counts_.stray;
            return;
        }
        if (!body) return again(index, body.error(), true);
        judge(connection, index, *body);
    }

    void judge(Connection& connection, std::uint32_t index, Bytes bytes) {
        Slot& slot = slots_[index];
        if (match_reply(bytes, slot.id, slot.question.question) != Match::yes) {
            ++counts_.mismatched;
            return again(index, {Status::protocol_violation, "no answer", {}, "it answered another question", {}},
                         true);
        }
        connection.heard = Clock::now();
        ++connection.answered;
        rooms_[connection.server].answered();
        failures_[connection.server] = 0;
        BulkServerReport& report = reports_[connection.server];
        ++report.answered;
        const Nanoseconds round_trip = std::chrono::nanoseconds(connection.heard - slot.at).count();
        constexpr Nanoseconds share = 8;  // RFC 6298's smoothing
        report.round_trip += report.answered == 1 ? round_trip : (round_trip - report.round_trip) / share;
        finish(index, BulkEnd::answered, bytes, round_trip);
    }

    void again(std::uint32_t index, const Error& why, bool counts) {
        Slot& slot = slots_[index];
        slot.connection = Slot::none;
        slot.why = why;
        ++slot.generation;
        if (counts) ++slot.failed;
        const bool none_yet = counts_.answered == 0 && counts_.timed_out + counts_.unreachable >= hopeless;
        if (slot.failed >= (none_yet ? 1 : options_.attempts)) return give_up(index);
        again_.push_front(index);
        wake_all();
    }

    void give_up(std::uint32_t index) {
        finish(index, slots_[index].why.status == Status::timeout ? BulkEnd::timed_out : BulkEnd::unreachable, {}, 0);
    }

    void finish(std::uint32_t index, BulkEnd end, Bytes reply, Nanoseconds round_trip) {
        Slot& slot = slots_[index];
        ++(end == BulkEnd::answered    ? counts_.answered
           : end == BulkEnd::timed_out ? counts_.timed_out
                                       : counts_.unreachable);
        sink_({.question = slot.question,
               .end = end,
               .reply = reply,
               .server = slot.server,
               .carrier = options_.servers[slot.server].carrier,
               .round_trip = round_trip,
               .attempts = slot.sent,
               .error = 0,
               .cause = slot.why.cause});
        slot.busy = false;
        slot.connection = Slot::none;
        ++slot.generation;
        slot.sent = slot.failed = 0;
        slot.why = {};
        free_.push_back(index);
        --busy_;
        end_if_done();
    }

    // ---- time

    Task<void> tick() {
        transport::Timer timer(loop_.get_executor());
        while (!over_) {
            timer.expires_after(between_ticks);
            auto waiting = timer.async_wait(transport::as_task);
            co_await std::move(waiting);
            if (!watch_()) end();
            if (over_) break;
            pace_.earn(Clock::now());
            look_for_late();
            if (hopeless_) give_up_some();
            if (has_work()) wake_all();
        }
        ticking_ = false;
        end_loop();
    }

    void look_for_late() {
        const auto deadline = Clock::now() - std::chrono::duration_cast<Clock::duration>(options_.exchange.timeout);
        for (std::uint32_t index = 0; index < slots_.size(); ++index) {
            const Slot& slot = slots_[index];
            if (!slot.busy || slot.connection == Slot::none || slot.at > deadline) continue;
            Connection& connection = *connections_[slot.connection];
            // Its answer may still come, and then is nobody's; HTTP/2 will tell of the request's end.
            if (!connection.session) {
                connection.ids.erase(slot.id);
                --connection.under_way;
            }
            ++reports_[connection.server].lost;
            if (connection.heard <= deadline && connection.alive) {
                connection.why = late();
                connection.stream->stop(late());
            }
            again(index, late(), true);
        }
    }

    /// Nobody can be reached: every question gets its result all the same.
    void give_up_some() {
        for (std::size_t i = 0; i < given_up_at_once; ++i) {
            const auto index = take_work();
            if (!index) return;
            slots_[*index].why = why_hopeless_;
            slots_[*index].server = hopeless_server_;
            give_up(*index);
        }
    }

    void end_if_done() {
        if (ended_ && busy_ == 0) end();
    }
    void end() {
        over_ = true;
        for (const auto& connection : connections_)
            if (connection->alive) connection->stream->stop(ended());
        if (source_ready_) source_ready_->stop(ended());
        wake_all();
    }
    /// What still dials cannot be stopped, and is not waited for.
    void end_loop() {
        if (over_ && !ticking_ && serving_ == dialling_) loop_.stop();
    }

    transport::asio::io_context loop_{1};
    BulkStreamsOptions options_;
    BulkSource& source_;
    Sink sink_;
    Watch watch_;
    RandomPool random_;
    StreamPace pace_;
    std::uint32_t each_ = 0;         ///< connections to a server
    std::vector<StreamRoom> rooms_;  ///< of each server
    std::vector<std::unique_ptr<Connection>> connections_;
    std::optional<transport::Pollable> source_ready_;
    std::deque<Slot> slots_;
    std::vector<std::uint32_t> free_;
    std::deque<std::uint32_t> again_;  ///< to be asked once more
    BulkCounts counts_;
    std::vector<BulkServerReport> reports_;
    std::vector<unsigned> failures_;  ///< to reach a server, since its last answer
    Error why_hopeless_;
    std::uint32_t hopeless_server_ = 0;
    std::size_t busy_ = 0, serving_ = 0, dialling_ = 0;
    bool ended_ = false, source_waits_ = false, over_ = false, hopeless_ = false, ticking_ = true;
};

BulkStreams::BulkStreams(BulkStreamsOptions options, BulkSource& source, Sink sink, Watch watch)
    : engine_(std::make_unique<Engine>(std::move(options), source, std::move(sink), std::move(watch))) {}
BulkStreams::~BulkStreams() = default;

Result<void> BulkStreams::run() { return engine_->run(); }
const BulkCounts& BulkStreams::counts() const { return engine_->counts(); }
BulkServerReport BulkStreams::server(std::size_t index) const { return engine_->server(index); }
void BulkStreams::each_unfinished(const std::function<void(const BulkQuestion&)>& each) const {
    engine_->each_unfinished(each);
}

}  // namespace fid::dns
