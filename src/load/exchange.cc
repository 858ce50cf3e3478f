// SPDX-License-Identifier: MIT
// A lane's connections: how they are made, used and lost.
#include <algorithm>
#include <cerrno>

#include "load/lane.h"

namespace fid::load {
namespace {

using namespace std::chrono_literals;

/// Connections that a lane makes at the same time: listeners have a queue of a few hundred.
constexpr std::size_t most_connecting = 128;
/// After so many reads it is another connection's turn.
constexpr int most_reads = 32;
/// A shorter rest of a body is read with what follows.
constexpr std::uint64_t least_discarded = 2048;
constexpr std::chrono::nanoseconds first_rest = 10ms, longest_rest = 1s;

std::string words_for(int error) { return fail_errno(Status::cannot_connect, {}, {}, error).error().cause; }

}  // namespace

void Lane::open_some(Clock::time_point now) {
    while (!to_open_.empty() && connecting_ < most_connecting) {
        Slot& slot = slots_[to_open_.front()];
        to_open_.pop_front();
        open(slot, now);
    }
}

void Lane::open(Slot& slot, Clock::time_point now) {
    ++connecting_;
    ++slot.generation;
    slot.state = State::connecting;
    slot.fresh = true;
    slot.ended = false;
    slot.started = now;
    int error = slot.link.open(plan_.addresses[slot.address], tls_.get());
    if (error == 0) {
        epoll_event event{.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET,
                          .data = {.u64 = std::uint64_t{slot.generation} << 32U | index_of(slot)}};
        if (epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, slot.link.descriptor(), &event) != 0) error = errno;
    }
    if (error != 0)
        fail_connecting(slot, error == ECONNREFUSED ? Failure::refused : Failure::connect, words_for(error));
}

void Lane::on_connected(Slot& slot) {
    const int error = slot.link.connected();
    if (error != 0) {
        const Failure failure = error == ECONNREFUSED ? Failure::refused
                                : error == ETIMEDOUT  ? Failure::connect_timeout
                                                      : Failure::connect;
        fail_connecting(slot, failure, words_for(error));
        return;
    }
    slot.state = State::handshaking;
    on_handshake(slot);
}

void Lane::on_handshake(Slot& slot) {
    switch (slot.link.shake_hands()) {
        case Link::Handshake::later:
            return;
        case Link::Handshake::failed: {
            std::string words;
            const Failure failure = slot.link.handshake_failure(words);
            fail_connecting(slot, failure, words);
            return;
        }
        case Link::Handshake::done:
            break;
    }
    const auto now = Clock::now();
    --connecting_;
    ++tally_.connections;
    tally_.connecting.add(now - slot.started);
    slot.state = State::idle;
    slot.proven = true;
    slot.rest = 0ns;
    if (!shared_.connected.load(std::memory_order_relaxed)) shared_.connected = true;
    next(slot, now);
}

void Lane::start_request(Slot& slot, Clock::time_point now) {
    slot.state = State::busy;
    slot.started = now;
    slot.sent = 0;
    slot.reader.expect(plan_.requests[slot.request].head);
    send_more(slot);
}

void Lane::send_more(Slot& slot) {
    const std::string_view bytes = plan_.requests[slot.request].bytes;
    while (slot.sent < bytes.size()) {
        const Moved moved = slot.link.send(bytes.substr(slot.sent));
        if (moved.what == Moved::What::later) return;
        if (moved.what != Moved::What::bytes) {
            on_broken(slot, moved.error, true);
            return;
        }
        slot.sent += moved.count;
        tally_.sent_bytes += moved.count;
    }
}

void Lane::receive(Slot& slot) {
    for (int reads = 0; reads < most_reads; ++reads) {
        const std::uint64_t skip = slot.reader.to_skip();
        const bool discards = discards_ && slot.state == State::busy && skip >= least_discarded;
        const Moved moved = discards ? slot.link.discard(skip) : slot.link.receive(buffer_);
        if (moved.what == Moved::What::later) return;
        if (moved.what == Moved::What::ended) return on_end(slot);
        if (moved.what == Moved::What::failed) return on_broken(slot, moved.error, false);
        if (slot.state == State::idle) return connect_again(slot);  // an answer to nothing: 408 before a server closes
        tally_.received_bytes += moved.count;
        const AnswerReader::Step step = discards
                                            ? AnswerReader::Step{slot.reader.skipped(moved.count), moved.count}
                                            : slot.reader.take(std::string_view(buffer_.data(), moved.count), known_);
        if (step.state == AnswerReader::State::broken) return fail(slot, Failure::malformed);
        if (step.state == AnswerReader::State::done) return complete(slot, step.used != moved.count);
        // Nothing is left where the kernel gave less than there was room for; OpenSSL may hold more.
        const bool drained = discards ? moved.count < skip : moved.count < buffer_.size();
        if (drained && slot.link.plain() && !slot.ended) return;
    }
    again_.push_back(std::uint64_t{slot.generation} << 32U | index_of(slot));
}

void Lane::on_end(Slot& slot) {
    if (slot.state == State::idle || (!slot.reader.begun() && !slot.fresh)) return connect_again(slot);
    if (slot.reader.ends_with_connection()) return complete(slot, false);
    fail(slot, slot.reader.begun() ? Failure::cut : Failure::closed);
}

void Lane::on_broken(Slot& slot, int error, bool sending) {
    if (slot.state == State::idle || (!slot.reader.begun() && !slot.fresh)) return connect_again(slot);
    if (error == ECONNRESET || error == EPIPE) return fail(slot, Failure::reset);
    fail(slot, sending ? Failure::send : Failure::receive, error == 0 ? std::string() : words_for(error));
}

void Lane::complete(Slot& slot, bool surplus) {
    if (surplus) return fail(slot, Failure::malformed, "more came than the answer");
    const auto now = Clock::now();
    const AnswerHead& head = slot.reader.head();
    const PreparedRequest& request = plan_.requests[slot.request];
    tally_.latency.add(now - slot.started);
    if (scheduled()) {
        tally_.corrected.add(now - slot.due);
        --under_way_;
    }
    ++tally_.statuses[head.status];
    ++tally_.answered;
    slot.ticket = slot.fresh = false;
    if (head.persistent && !slot.ended && !request.closes && slot.sent == request.bytes.size())
        slot.state = State::idle;
    else
        close(slot);
    next(slot, now);
}

/// The server ended a connection between two answers, as it may: the request, if any, goes over another one.
void Lane::connect_again(Slot& slot) {
    ++tally_.reconnects;
    close(slot);
    next(slot, Clock::now());
}

void Lane::fail(Slot& slot, Failure failure, std::string_view words) {
    ++tally_.failures[static_cast<std::size_t>(failure)];
    if (tally_.first_error.empty()) tally_.first_error = words;
    if (scheduled() && slot.ticket) --under_way_;
    slot.ticket = false;
    close(slot);
    next(slot, Clock::now());
}

void Lane::fail_connecting(Slot& slot, Failure failure, std::string_view words) {
    --connecting_;
    close(slot);
    if (!slot.proven && ++slot.address < plan_.addresses.size()) {
        to_open_.push_back(index_of(slot));
        return;
    }
    if (!slot.proven) slot.address = 0;
    const bool in_vain = !shared_.connected.load(std::memory_order_relaxed);
    if (slot.ticket || in_vain) ++tally_.failures[static_cast<std::size_t>(failure)];
    if (tally_.first_error.empty()) tally_.first_error = words;
    if (scheduled() && slot.ticket) --under_way_;
    slot.ticket = false;
    if (in_vain && shared_.in_vain.fetch_add(1) + 1 >= plan_.connections) shared_.stopped = true;
    const auto now = Clock::now();
    slot.rest = std::clamp(2 * slot.rest, first_rest, longest_rest);
    slot.rested = now + slot.rest;
    next(slot, now);
}

void Lane::close(Slot& slot) {
    slot.link.close();
    slot.state = State::closed;
    ++slot.generation;
}

}  // namespace fid::load
