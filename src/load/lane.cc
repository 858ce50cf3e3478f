// SPDX-License-Identifier: MIT
// The turn of a lane's loop: waiting, the clock, what is to be done next. The connections' lives are in exchange.cc.
#include "load/lane.h"

#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <algorithm>
#include <cerrno>
#include <cmath>

namespace fid::load {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t events_at_once = 256;
constexpr std::size_t buffer_bytes = std::size_t{16} * 1024;
constexpr auto tick_time = 10ms;
constexpr auto search_time = 100ms;  // how exact time-outs are
/// A schedule begins with its connections made, if that takes no longer.
constexpr auto opening_time = 1s;
/// Requests that a lane takes from the common budget at once.
constexpr std::uint64_t most_tickets = 256;
constexpr std::uint64_t end_event = UINT64_MAX;

std::chrono::nanoseconds duration_of(const timeval& time) {
    return std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec);
}

Processor processor_now() {
    rusage usage{};
    getrusage(RUSAGE_THREAD, &usage);
    return {duration_of(usage.ru_utime), duration_of(usage.ru_stime)};
}

}  // namespace

Lane::Lane(const Plan& plan, Shared& shared, unsigned number)
    : plan_(plan),
      shared_(shared),
      discards_(!plan.tls && plan.addresses.front().is_ip()),
      slots_(plan.connections / plan.threads + (number < plan.connections % plan.threads ? 1 : 0)),
      events_(events_at_once),
      buffer_(buffer_bytes) {
    if (plan.count) tickets_ = slots_.size();  // one for each connection; the budget is what is left
    if (!scheduled()) return;
    interval_ = std::chrono::duration<double, std::nano>(1e9 * plan.threads / plan.rate);
    offset_ = std::chrono::nanoseconds(std::llround(1e9 * number / plan.rate));
    if (plan.count) planned_ = *plan.count / plan.threads + (number < *plan.count % plan.threads ? 1 : 0);
}

Result<void> Lane::prepare() {
    epoll_ = transport::Descriptor(epoll_create1(EPOLL_CLOEXEC));
    if (!epoll_.valid()) return fail_errno(Status::cannot_connect, "cannot wait for connections", {}, errno);
    if (plan_.end_descriptor >= 0) {
        epoll_event event{.events = EPOLLIN, .data = {.u64 = end_event}};
        epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, plan_.end_descriptor, &event);
    }
    if (!plan_.tls) return {};
    auto client = TlsClient::make(*plan_.tls, plan_.host);
    if (!client) return std::unexpected(std::move(client.error()));
    tls_ = std::move(*client);
    return {};
}

void Lane::run() {
    // A schedule of 10 000 a second is not to be rounded to the 50 us that the kernel likes to sleep longer.
    prctl(PR_SET_TIMERSLACK, 1UL);
    began_ = counted_from_ = next_tick_ = next_search_ = Clock::now();
    at_start_ = processor_now();
    if (!scheduled()) {
        // Without a schedule nothing of ours is urgent: beside a server on this machine we do not take its processor
        // each time it has answered one request, but find many answers when it has done its round.
        const sched_param none{};
        sched_setscheduler(0, SCHED_BATCH, &none);
        if (plan_.duration) ends_ = began_ + plan_.warmup + *plan_.duration;
        if (plan_.warmup > 0s) warm_ = began_ + plan_.warmup;
    }
    for (Slot& slot : slots_) {
        slot.rested = began_;
        if (scheduled())
            to_open_.push_back(index_of(slot));
        else
            next(slot, began_);
    }
    while (!done()) turn();
    finish(Clock::now());
}

bool Lane::done() const {
    if (shared_.stopped.load(std::memory_order_relaxed) || finished_ != Clock::time_point()) return true;
    if (!scheduled()) return retired_ == slots_.size();
    return issued_ == planned_ && under_way_ == 0;
}

void Lane::turn() {
    const auto now = Clock::now();
    if (now >= next_tick_) tick(now);
    if (finished_ != Clock::time_point()) return;
    if (scheduled()) {
        if (!schedule_begun_ && ((to_open_.empty() && connecting_ == 0) || now >= began_ + opening_time))
            begin_schedule(now);
        if (schedule_begun_) send_due(now);
    }
    if (!to_open_.empty()) open_some(now);
    if (!done()) wait();
}

void Lane::wait() {
    auto until = std::min(next_tick_, ends_);
    if (schedule_begun_ && issued_ < planned_ && free_slot() != nullptr) until = std::min(until, due(issued_));
    const auto left = again_.empty() ? std::max(until - Clock::now(), Clock::duration(0)) : Clock::duration(0);
    const timespec time{.tv_sec = left / 1s, .tv_nsec = (left % 1s).count()};
    const int count = epoll_pwait2(epoll_.get(), events_.data(), static_cast<int>(events_.size()), &time, nullptr);
    again_now_.swap(again_);
    for (const std::uint64_t key : again_now_) dispatch({.events = EPOLLIN, .data = {.u64 = key}});
    again_now_.clear();
    for (int i = 0; i < count; ++i) dispatch(events_[static_cast<std::size_t>(i)]);
}

void Lane::dispatch(const epoll_event& event) {
    const std::uint64_t key = event.data.u64;
    if (key == end_event) {
        shared_.stopped = true;
        return;
    }
    Slot& slot = slots_[key & UINT32_MAX];
    if (slot.generation != key >> 32U) return;
    switch (slot.state) {
        case State::closed:
            return;
        case State::connecting:
            on_connected(slot);
            return;
        case State::handshaking:
            on_handshake(slot);
            return;
        case State::idle:
        case State::busy:
            break;
    }
    if ((event.events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0) slot.ended = true;
    if ((event.events & EPOLLOUT) != 0 && slot.state == State::busy &&
        slot.sent < plan_.requests[slot.request].bytes.size())
        send_more(slot);
    if ((event.events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0 && slot.generation == key >> 32U &&
        slot.state != State::closed)
        receive(slot);
}

void Lane::tick(Clock::time_point now) {
    next_tick_ = now + tick_time;
    const std::uint64_t over = tally_.answered + tally_.failed();
    shared_.over.fetch_add(over - told_, std::memory_order_relaxed);
    told_ = over;
    if (now >= ends_) {
        finish(now);
        return;
    }
    if (now >= warm_) {
        warm_ = Clock::time_point::max();
        tally_.clear();
        told_ = 0;
        counted_from_ = now;
        at_start_ = processor_now();
    }
    std::erase_if(resting_, [&](std::uint32_t index) {
        Slot& slot = slots_[index];
        if (now < slot.rested) return false;
        next(slot, now);
        return true;
    });
    if (now >= next_search_) find_late(now);
}

void Lane::find_late(Clock::time_point now) {
    next_search_ = now + search_time;
    for (Slot& slot : slots_) {
        const auto waited = now - slot.started;
        if (slot.state == State::busy && waited > plan_.timeout)
            fail(slot, Failure::timeout);
        else if ((slot.state == State::connecting || slot.state == State::handshaking) &&
                 waited > plan_.connect_timeout)
            fail_connecting(slot, Failure::connect_timeout, {});
    }
}

void Lane::finish(Clock::time_point now) {
    if (finished_ != Clock::time_point()) return;
    finished_ = std::min(now, ends_);
    const Processor total = processor_now();
    used_ = {total.user - at_start_.user, total.system - at_start_.system};
    for (Slot& slot : slots_) {
        if (slot.ticket) {
            ++tally_.under_way;
            tally_.oldest = std::max(tally_.oldest, now - (scheduled() ? slot.due : slot.started));
        }
        slot.link.close();
    }
    if (!schedule_begun_) return;
    for (std::uint64_t number = issued_; number < planned_ && due(number) < finished_; ++number) ++tally_.unsent;
    if (tally_.unsent != 0) tally_.oldest = std::max(tally_.oldest, now - due(issued_));
}

bool Lane::take_ticket() {
    if (!plan_.count) return true;
    if (tickets_ == 0) {
        // Smaller shares towards the end: no lane is to have work left when the others have none.
        std::uint64_t left = shared_.budget.load(std::memory_order_relaxed);
        std::uint64_t share = 0;
        do {
            share =
                std::min(left, std::clamp<std::uint64_t>(left / (4 * std::uint64_t{plan_.threads}), 1, most_tickets));
        } while (!shared_.budget.compare_exchange_weak(left, left - share, std::memory_order_relaxed));
        tickets_ = share;
    }
    if (tickets_ == 0) return false;
    --tickets_;
    return true;
}

/// A slot that has no request (or one that it could not begin) gets one, or is put by.
void Lane::next(Slot& slot, Clock::time_point now) {
    slot.started = now;
    if (!slot.ticket && !scheduled()) {
        if (!take_ticket()) {
            close(slot);
            ++retired_;
            return;
        }
        slot.ticket = true;
        slot.request = next_request_;
        next_request_ = next_request_ + 1 < plan_.requests.size() ? next_request_ + 1 : 0;
    }
    if (slot.state == State::idle && slot.ticket)
        start_request(slot, now);
    else if (slot.state == State::idle)
        idle_.push_back(index_of(slot));
    else if (now < slot.rested)
        resting_.push_back(index_of(slot));
    else
        (slot.ticket ? to_open_ : spare_).push_back(index_of(slot));
}

void Lane::begin_schedule(Clock::time_point now) {
    schedule_begun_ = true;
    began_ = counted_from_ = now;
    if (plan_.duration) ends_ = began_ + plan_.warmup + *plan_.duration;
    if (plan_.warmup > 0s) warm_ = began_ + plan_.warmup;
}

Clock::time_point Lane::due(std::uint64_t number) const {
    return began_ + offset_ + std::chrono::nanoseconds(std::llround(interval_.count() * static_cast<double>(number)));
}

/// One that can take a request of the schedule now; it stays in its list.
Lane::Slot* Lane::free_slot() {
    for (; !idle_.empty(); idle_.pop_front())
        if (Slot& slot = slots_[idle_.front()]; slot.state == State::idle) return &slot;
    for (; !spare_.empty(); spare_.pop_front())
        if (Slot& slot = slots_[spare_.front()]; slot.state == State::closed && !slot.ticket) return &slot;
    return nullptr;
}

void Lane::send_due(Clock::time_point now) {
    while (issued_ < planned_) {
        const auto wanted = due(issued_);
        if (wanted > now) {
            now = Clock::now();  // sending took its time
            if (wanted > now) return;
        }
        if (wanted >= ends_) return;
        Slot* const slot = free_slot();
        if (slot == nullptr) return;
        ++issued_;
        ++under_way_;
        slot->ticket = true;
        slot->due = wanted;
        slot->request = next_request_;
        next_request_ = next_request_ + 1 < plan_.requests.size() ? next_request_ + 1 : 0;
        now = Clock::now();
        if (slot->state == State::idle) {
            tally_.lag.add(now - std::max(wanted, slot->started));
            idle_.pop_front();
            start_request(*slot, now);
        } else {
            spare_.pop_front();
            to_open_.push_back(index_of(*slot));
        }
    }
}

}  // namespace fid::load
