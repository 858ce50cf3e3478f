// SPDX-License-Identifier: MIT
// One thread's part of the load: its connections, on an epoll loop of its own.
#pragma once

#include <sys/epoll.h>

#include <atomic>
#include <chrono>
#include <deque>
#include <memory>
#include <vector>

#include "load/answer.h"
#include "load/link.h"
#include "load/plan.h"
#include "load/tally.h"

namespace fid::load {

using Clock = std::chrono::steady_clock;

/// What all lanes look at.
struct Shared {
    std::atomic<std::uint64_t> budget{0};  ///< requests beyond each connection's first that no lane has taken yet
    std::atomic<std::uint64_t> over{0};    ///< requests that are over, for the progress
    std::atomic<bool> connected{false};    ///< a connection stood
    std::atomic<unsigned> in_vain{0};      ///< attempts that failed before
    std::atomic<bool> stopped{false};
};

/// Processor time of a thread.
struct Processor {
    std::chrono::nanoseconds user{0}, system{0};
};

class Lane {
  public:
    /// Lane `number` of plan.threads. Both outlive it.
    Lane(const Plan& plan, Shared& shared, unsigned number);
    Lane(const Lane&) = delete;
    Lane& operator=(const Lane&) = delete;

    /// Status cannot_read for certificates, cannot_connect where the system has no descriptor left.
    [[nodiscard]] Result<void> prepare();
    /// Until all is done or the time is up. On a thread of its own.
    void run();

    // Afterwards.
    [[nodiscard]] const Tally& tally() const { return tally_; }
    [[nodiscard]] std::chrono::nanoseconds counted() const { return finished_ - counted_from_; }
    [[nodiscard]] const Processor& processor() const { return used_; }

  private:
    enum class State : std::uint8_t { closed, connecting, handshaking, idle, busy };

    struct Slot {
        Link link;
        AnswerReader reader;
        State state = State::closed;
        bool ticket = false;           ///< it has a request to make
        bool fresh = true;             ///< its connection has given no answer yet
        bool ended = false;            ///< the server has said that nothing follows
        std::uint32_t generation = 0;  ///< of the connection: events of former ones are not its own
        std::uint32_t request = 0;     ///< which of the plan
        std::uint32_t address = 0;     ///< which of the plan
        bool proven = false;           ///< that address has let us connect
        std::size_t sent = 0;          ///< bytes of the request
        Clock::time_point due;         ///< when the schedule wanted the request sent
        Clock::time_point started;     ///< when it was sent, connecting began, or it became idle
        std::chrono::nanoseconds rest{0};
        Clock::time_point rested;  ///< connects no sooner
    };

    // The turn of the loop.
    void turn();
    void wait();
    void dispatch(const epoll_event& event);
    void tick(Clock::time_point now);
    void find_late(Clock::time_point now);
    void finish(Clock::time_point now);
    [[nodiscard]] bool done() const;

    // What to do next.
    [[nodiscard]] bool scheduled() const { return plan_.rate > 0; }
    [[nodiscard]] bool take_ticket();
    void next(Slot& slot, Clock::time_point now);
    void begin_schedule(Clock::time_point now);
    void send_due(Clock::time_point now);
    [[nodiscard]] Slot* free_slot();
    [[nodiscard]] Clock::time_point due(std::uint64_t number) const;

    // A connection's life.
    void open_some(Clock::time_point now);
    void open(Slot& slot, Clock::time_point now);
    void on_connected(Slot& slot);
    void on_handshake(Slot& slot);
    void start_request(Slot& slot, Clock::time_point now);
    void send_more(Slot& slot);
    void receive(Slot& slot);
    void on_end(Slot& slot);
    void on_broken(Slot& slot, int error, bool sending);
    void complete(Slot& slot, bool surplus);
    void connect_again(Slot& slot);
    void fail(Slot& slot, Failure failure, std::string_view words = {});
    void fail_connecting(Slot& slot, Failure failure, std::string_view words);
    void close(Slot& slot);

    [[nodiscard]] std::uint32_t index_of(const Slot& slot) const {
        return static_cast<std::uint32_t>(&slot - slots_.data());
    }

    const Plan& plan_;
    Shared& shared_;
    std::unique_ptr<TlsClient> tls_;
    bool discards_ = false;  ///< bodies may be thrown away unseen
    transport::Descriptor epoll_;
    std::vector<Slot> slots_;
    std::vector<epoll_event> events_;
    std::vector<char> buffer_;
    KnownHead known_;
    Tally tally_;

    std::deque<std::uint32_t> to_open_;   ///< slots that are to connect
    std::vector<std::uint32_t> resting_;  ///< slots that wait before they try again
    std::deque<std::uint32_t> idle_;      ///< connections without a request; some have got other work since
    std::deque<std::uint32_t> spare_;     ///< slots without connection or request; likewise
    std::vector<std::uint64_t> again_;    ///< events that have not been dealt with to the end
    std::vector<std::uint64_t> again_now_;
    std::size_t connecting_ = 0, retired_ = 0;
    std::uint32_t next_request_ = 0;
    std::uint64_t tickets_ = 0;  ///< taken from the shared budget

    bool schedule_begun_ = false;
    std::chrono::duration<double, std::nano> interval_{0};  ///< between two requests of this lane
    std::chrono::nanoseconds offset_{0};                    ///< of its first
    std::uint64_t planned_ = UINT64_MAX, issued_ = 0;       ///< requests of its schedule
    std::size_t under_way_ = 0;                             ///< requests of the schedule

    Clock::time_point began_, counted_from_, finished_;
    Clock::time_point ends_ = Clock::time_point::max(), warm_ = Clock::time_point::max();
    Clock::time_point next_tick_, next_search_;
    std::uint64_t told_ = 0;  ///< of shared_.over
    Processor at_start_, used_;
};

}  // namespace fid::load
