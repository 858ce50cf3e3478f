// SPDX-License-Identifier: MIT
#include "load/engine.h"

#include <sys/resource.h>

#include <algorithm>
#include <condition_variable>
#include <fstream>
#include <memory>
#include <mutex>
#include <sstream>
#include <thread>

#include "load/lane.h"

namespace fid::load {
namespace {

using namespace std::chrono_literals;

/// A thread that was at work for so much of the time had none for more.
constexpr double busy_thread = 0.9;
/// What a system leaves idle while it has all hands full.
constexpr double busy_machine = 0.95;
/// A schedule that lags that far, by no fault of the connections, is not kept.
constexpr Histogram::Time long_lag = 1ms;

Result<void> allow_descriptors(const Plan& plan) {
    constexpr rlim_t others = 64;  // standard streams, loops, libraries
    const rlim_t needed = plan.connections + plan.threads + others;
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= needed) return {};
    if (limit.rlim_max < needed)
        return fail(Status::usage, "cannot open", std::to_string(plan.connections) + " connections",
                    "this system allows " + std::to_string(limit.rlim_max) + " descriptors to a program",
                    "fewer connections, or ulimit -Hn " + std::to_string(needed) + " by the superuser");
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
        return fail_errno(Status::usage, "cannot raise the limit of descriptors", {}, errno);
    return {};
}

/// Time that all processors together were busy and idle since the system started, in its own unit (proc(5)).
struct MachineTime {
    double busy = 0, idle = 0;
};

std::optional<MachineTime> machine_time() {
    std::ifstream file("/proc/stat");
    std::string line;
    if (!std::getline(file, line) || !line.starts_with("cpu ")) return std::nullopt;
    std::istringstream words(line.substr(4));
    double user = 0, nice = 0, system = 0, idle = 0, waiting = 0, hard = 0, soft = 0, stolen = 0;
    if (!(words >> user >> nice >> system >> idle >> waiting >> hard >> soft >> stolen)) return std::nullopt;
    return MachineTime{user + nice + system + hard + soft + stolen, idle + waiting};
}

std::optional<double> busy_share(const std::optional<MachineTime>& before, const std::optional<MachineTime>& after) {
    if (!before || !after) return std::nullopt;
    const double busy = after->busy - before->busy;
    const double all = busy + after->idle - before->idle;
    // The unit is a hundredth of a second: of fewer than a few dozen nothing can be said.
    constexpr double enough = 20;
    return all < enough ? std::nullopt : std::optional(busy / all);
}

/// Runs the lanes on their threads, telling of the progress meanwhile.
void run_lanes(const Plan& plan, const Shared& shared, std::vector<std::unique_ptr<Lane>>& lanes) {
    std::mutex mutex;
    std::condition_variable ended;
    std::size_t running = lanes.size();
    std::vector<std::jthread> threads;
    for (const auto& lane : lanes)
        threads.emplace_back([&mutex, &ended, &running, &lane] {
            lane->run();
            const std::scoped_lock lock(mutex);
            if (--running == 0) ended.notify_one();
        });
    std::unique_lock lock(mutex);
    while (!ended.wait_for(lock, 100ms, [&] { return running == 0; }))
        if (plan.progress) plan.progress(shared.over.load(std::memory_order_relaxed));
}

}  // namespace

Limit Outcome::limit() const {
    const Histogram::Time late = tally.lag.quantile(99, 100);
    if (busiest >= busy_thread) return Limit::generator;
    if (machine.value_or(0) >= busy_machine) return Limit::machine;
    return late >= long_lag && late * 10 >= tally.corrected.quantile(99, 100) ? Limit::generator : Limit::server;
}

Result<Outcome> run(const Plan& plan) {
    if (auto allowed = allow_descriptors(plan); !allowed) return std::unexpected(std::move(allowed.error()));
    Shared shared;
    shared.budget = plan.count ? *plan.count - plan.connections : 0;
    std::vector<std::unique_ptr<Lane>> lanes;
    for (unsigned number = 0; number < plan.threads; ++number) {
        lanes.push_back(std::make_unique<Lane>(plan, shared, number));
        if (auto ready = lanes.back()->prepare(); !ready) return std::unexpected(std::move(ready.error()));
    }
    const auto before = machine_time();
    run_lanes(plan, shared, lanes);
    Outcome outcome;
    outcome.machine = busy_share(before, machine_time());
    outcome.threads = plan.threads;
    outcome.connected = shared.connected;
    for (const auto& lane : lanes) {
        outcome.tally.merge(lane->tally());
        outcome.elapsed = std::max(outcome.elapsed, lane->counted());
        const auto used = lane->processor().user + lane->processor().system;
        outcome.user += lane->processor().user;
        outcome.system += lane->processor().system;
        if (lane->counted() > 0s)
            outcome.busiest = std::max(
                outcome.busiest, std::chrono::duration<double>(used) / std::chrono::duration<double>(lane->counted()));
    }
    return outcome;
}

}  // namespace fid::load
