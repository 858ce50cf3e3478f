// SPDX-License-Identifier: MIT
#include "cmd/serve/server.h"

#include <sys/resource.h>

#include <atomic>
#include <deque>
#include <memory>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "cmd/serve/forked.h"
#include "cmd/serve/lane.h"
#include "cmd/serve/occupant.h"
#include "report/interrupt.h"
#include "transport/pollable.h"
#include "transport/turn.h"

namespace fid::cmd::serve {
namespace {

using namespace std::chrono_literals;
using transport::Clock;
using transport::ListenerPtr;
using transport::Task;

const Error& over() {
    static const Error error{Status::success, "the server ends", {}, {}, {}};
    return error;
}

/// As many descriptors as we may have: each connection takes one, or, while much passes, three.
void raise_descriptor_limit() {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

class Server {
  public:
    Server(Context& context, const Plan& plan, const Service& service, Account& account)
        : context_(context), plan_(plan), service_(service), account_(account) {
        for (unsigned i = 0; i < plan.loops; ++i) lanes_.push_back(std::make_unique<Lane>(plan, service));
        one_.emplace(main().executor());
    }

    Status run() {
        raise_descriptor_limit();
        if (auto opened = open(); !opened) return context_.log.error(opened.error());
        for (const auto& listener : listeners_.front()) account_.listening(*listener);
        event_.emplace(transport::Pollable::borrowed(main().executor(), report::interrupt_descriptor()));
        spawn(main(), watch());
        for (std::size_t i = 0; i < lanes_.size(); ++i)
            for (const auto& listener : listeners_[i]) spawn(*lanes_[i], accept(*lanes_[i], *listener));
        std::vector<std::thread> threads;
        for (std::size_t i = 1; i < lanes_.size(); ++i)
            threads.emplace_back([lane = lanes_[i].get()] { lane->loop().run(); });
        main().loop().run();
        for (std::thread& thread : threads) thread.join();
        join_workers();
        account_.summary();
        return Status::success;
    }

  private:
    /// A connection's own thread, and the lane that it runs.
    struct Worker {
        Worker(const Plan& plan, const Service& service) : lane(plan, service) {}
        Lane lane;
        std::thread thread;
        std::atomic<bool> done = false;
    };

    Lane& main() { return *lanes_.front(); }
    static void spawn(Lane& lane, Task<void> task) {
        transport::asio::co_spawn(lane.executor(), std::move(task), transport::asio::detached);
    }

    Result<void> open() {
        transport::ListenOptions options = plan_.listen;
        options.trouble = [this](const Error& error) {
            context_.log.warning(error.sentence(), "it goes on when others have ended; ulimit -n allows more");
        };
        listeners_.resize(lanes_.size());
        for (const Endpoint& endpoint : plan_.endpoints) {
            auto opened = transport::listen(main().executor(), endpoint, options);
            if (!opened) return std::unexpected(with_occupant(std::move(opened.error()), endpoint));
            for (ListenerPtr& listener : *opened) {
                for (std::size_t i = 1; i < lanes_.size(); ++i) {
                    auto other = listener->another(lanes_[i]->executor());
                    if (!other) return std::unexpected(std::move(other.error()));
                    listeners_[i].push_back(std::move(*other));
                }
                listeners_.front().push_back(std::move(listener));
            }
        }
        return {};
    }

    Task<void> accept(Lane& lane, transport::Listener& listener) {
        const std::string url = transport::listening_url(listener);
        const bool exposed = transport::is_exposed(listener.local());
        while (true) {
            auto incoming = co_await listener.next();
            if (!incoming) {
                if (incoming.error().status != Status::success) context_.log.error(incoming.error());
                co_return;
            }
            if (active_.fetch_add(1) >= plan_.most) {
                active_.fetch_sub(1);
                account_.shed();
                continue;
            }
            const std::uint64_t number = taken_.fetch_add(1) + 1;
            const bool last = plan_.count != 0 && number >= plan_.count;
            if (plan_.count != 0 && number > plan_.count) {  // another loop took the last one
                active_.fetch_sub(1);
                co_return;
            }
            if (last) transport::asio::post(main().executor(), [this] { close_doors(); });
            Arrival arrival;
            arrival.number = number;
            arrival.listener = listener.endpoint();
            arrival.url = url;
            arrival.exposed = exposed;
            arrival.incoming = std::move(*incoming);
            auto handing = hand_over(lane, std::move(arrival));
            co_await std::move(handing);
        }
    }

    Task<void> hand_over(Lane& lane, Arrival arrival) {
        const Lane::Over tell = [this](const Session& session, const Result<void>& how) { ended(session, how); };
        switch (plan_.model) {
            case Model::loop:
                spawn(lane, lane.serve(std::move(arrival), tell));
                break;
            case Model::single: {
                co_await one_->take();
                auto serving = lane.serve(std::move(arrival), tell);
                co_await std::move(serving);
                one_->give();
                break;
            }
            case Model::threads:
                start_worker(std::move(arrival), tell);
                break;
            case Model::fork:
                spawn(lane,
                      serve_forked(plan_, service_, std::move(arrival), account_.log_descriptor(), children_, tell));
                break;
        }
    }

    void start_worker(Arrival arrival, const Lane::Over& tell) {
        while (!workers_.empty() && workers_.front()->done) {  // mostly the oldest ends first
            workers_.front()->thread.join();
            workers_.pop_front();
        }
        workers_.push_back(std::make_unique<Worker>(plan_, service_));
        Worker& worker = *workers_.back();
        // Before the thread is there: what comes in belongs to its loop.
        auto serving = worker.lane.serve(std::move(arrival), tell);
        transport::asio::co_spawn(worker.lane.executor(), std::move(serving), transport::asio::detached);
        try {
            worker.thread = std::thread([&worker] {
                worker.lane.loop().run();
                worker.done = true;
            });
        } catch (const std::system_error&) {  // the system has no more threads for us
            workers_.pop_back();
            active_.fetch_sub(1);
            account_.shed();
        }
    }

    void join_workers() {
        for (const auto& worker : workers_) worker->thread.join();
        workers_.clear();
    }

    /// On any thread.
    void ended(const Session& session, const Result<void>& how) {
        account_.closed(session, how);
        if (active_.fetch_sub(1) == 1 && closing_)
            transport::asio::post(main().executor(), [this] { leave_if_empty(); });
    }

    Task<void> watch() {
        auto waiting = event_->readable();
        const auto readable = co_await std::move(waiting);
        if (!readable || !report::asked_to_end()) co_return;
        close_doors();
        cut_off_later();  // a run that --count ends waits for its last connection
    }

    // From here on: on the main loop.

    /// Nobody is taken any more.
    void close_doors() {
        if (closing_.exchange(true)) return;
        for (std::size_t i = 0; i < lanes_.size(); ++i)
            transport::asio::post(lanes_[i]->executor(), [this, i] {
                for (const auto& listener : listeners_[i]) listener->stop(over());
            });
        const std::size_t left = active_;
        if (report::asked_to_end() && left != 0) {
            Text line;
            line.put("waiting for ");
            line.number(left);
            line.put(left == 1 ? " connection to end; once more to leave at once"
                               : " connections to end; once more to leave at once");
            context_.log.answer(line.view());
        }
        leave_if_empty();
    }

    void cut_off_later() {
        grace_.emplace(main().executor());
        grace_->expires_after(std::chrono::duration_cast<Clock::duration>(plan_.grace));
        grace_->async_wait([this](const boost::system::error_code& error) {
            if (!error) cut_off();
        });
    }

    void cut_off() {
        const Error why{Status::interrupted, "cut off by the end of the server", {}, {}, {}};
        for (const auto& lane : lanes_)
            transport::asio::post(lane->executor(), [&each = *lane, why] { each.stop_all(why); });
        for (const auto& worker : workers_)
            transport::asio::post(worker->lane.executor(), [&each = worker->lane, why] { each.stop_all(why); });
        children_.stop_all();
        constexpr auto last_wait = 2s;  // exec's programs have half a second, and another
        grace_->expires_after(last_wait);
        grace_->async_wait([this](const boost::system::error_code& error) {
            if (!error) leave();
        });
    }

    void leave_if_empty() {
        if (closing_ && active_ == 0) leave();
    }

    void leave() {
        if (grace_) grace_->cancel();
        event_->stop(over());
        for (const auto& worker : workers_) worker->lane.loop().stop();
        for (const auto& lane : lanes_) lane->loop().stop();
    }

    Context& context_;
    const Plan& plan_;
    const Service& service_;
    Account& account_;
    std::atomic<std::size_t> active_ = 0;
    std::atomic<std::uint64_t> taken_ = 0;
    std::atomic<bool> closing_ = false;
    // Lanes go last: what is here hangs on their loops.
    std::vector<std::unique_ptr<Lane>> lanes_;
    std::vector<std::vector<ListenerPtr>> listeners_;  ///< of each lane
    std::deque<std::unique_ptr<Worker>> workers_;      ///< --model threads
    Children children_;                                ///< --model fork
    std::optional<transport::Turn> one_;               ///< --model single: all listeners together
    std::optional<transport::Pollable> event_;
    std::optional<transport::Timer> grace_;
};

}  // namespace

Status run_server(Context& context, const Plan& plan, const Service& service, Account& account) {
    report::catch_termination();
    Server server(context, plan, service, account);
    return server.run();
}

}  // namespace fid::cmd::serve
