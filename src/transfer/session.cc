// SPDX-License-Identifier: MIT
#include "transfer/session.h"

#include <algorithm>
#include <list>

#include "report/interrupt.h"
#include "transfer/exchange.h"

namespace fid::transfer {
namespace {

struct MultiDeleter {
    void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};
struct ShareDeleter {
    void operator()(CURLSH* share) const { curl_share_cleanup(share); }
};

/// libcurl's tables are set up once for the program, by whoever comes first.
bool initialised() {
    static const bool done = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
    return done;
}

}  // namespace

struct Session::State {
    explicit State(const SessionOptions& session_options)
        : options(session_options), ready(initialised()), share(curl_share_init()), multi(curl_multi_init()) {
        if (options.recorder != nullptr) tap.emplace(*options.recorder);
        for (const curl_lock_data data : {CURL_LOCK_DATA_COOKIE, CURL_LOCK_DATA_PSL, CURL_LOCK_DATA_SSL_SESSION})
            curl_share_setopt(share.get(), CURLSHOPT_SHARE, data);
    }

    struct Running {
        std::unique_ptr<Exchange> exchange;
        std::optional<Clock::time_point> due;  ///< set while it waits for its next attempt
    };

    /// False where it ended at once.
    bool start(Running& one) {
        one.due.reset();
        if (auto prepared = one.exchange->prepare(); !prepared) {
            one.exchange->fail(prepared.error());
            return false;
        }
        curl_multi_add_handle(multi.get(), one.exchange->handle());
        return true;
    }

    SessionOptions options;
    bool ready;
    std::optional<Tap> tap;  // before the handles: they tell it of the sockets they close
    std::unique_ptr<CURLSH, ShareDeleter> share;
    std::unique_ptr<CURLM, MultiDeleter> multi;
    std::list<Running> running;
};

Session::Session(SessionOptions options) : state_(std::make_unique<State>(options)) {}
Session::~Session() = default;

void Session::run(const std::function<std::optional<Job>()>& next, const std::function<bool(Receiver&, Outcome)>& done,
                  const std::function<void()>& idle) {
    State& state = *state_;
    CURLM* const multi = state.multi.get();
    bool more = true;
    const auto finish = [&](std::list<State::Running>::iterator at) {
        Receiver& receiver = at->exchange->receiver();
        Outcome outcome = at->exchange->outcome();
        state.running.erase(at);
        if (!done(receiver, std::move(outcome))) more = false;
    };

    while (true) {
        while (more && !report::interrupted() && state.running.size() < state.options.parallel) {
            if (auto job = next()) {
                Tap* const tap = state.tap ? &*state.tap : nullptr;
                state.running.push_back({std::make_unique<Exchange>(std::move(*job), state.share.get(), tap), {}});
            } else {
                more = false;
                break;
            }
            if (!state.start(state.running.back())) finish(std::prev(state.running.end()));
        }
        for (auto at = state.running.begin(); at != state.running.end();) {
            const auto here = at++;
            if (const auto due = here->due; due && *due <= Clock::now() && !state.start(*here)) finish(here);
        }

        int active = 0;
        curl_multi_perform(multi, &active);
        int left = 0;
        while (const CURLMsg* const message = curl_multi_info_read(multi, &left)) {
            if (message->msg != CURLMSG_DONE) continue;
            const CURLcode code = message->data.result;
            const auto at = std::ranges::find_if(state.running, [&](const State::Running& one) {
                return one.exchange->handle() == message->easy_handle;
            });
            if (at == state.running.end()) continue;
            curl_multi_remove_handle(multi, at->exchange->handle());
            std::optional<std::chrono::milliseconds> wait;
            const bool again = at->exchange->step_done(code, wait);
            if (wait)
                at->due = Clock::now() + *wait;
            else if (!again || !state.start(*at))
                finish(at);
        }
        idle();
        if (report::interrupted()) {
            while (!state.running.empty()) {
                const auto at = state.running.begin();
                curl_multi_remove_handle(multi, at->exchange->handle());
                at->exchange->fail({Status::interrupted, "interrupted", {}, {}, {}});
                finish(at);
            }
            return;
        }
        if (state.running.empty() && !more) return;
        if (more && state.running.size() < state.options.parallel) continue;

        constexpr auto longest_wait = std::chrono::milliseconds(200);  // progress is drawn meanwhile
        auto wait = longest_wait;
        for (const State::Running& one : state.running)
            if (one.due)
                wait = std::clamp(std::chrono::ceil<std::chrono::milliseconds>(*one.due - Clock::now()),
                                  std::chrono::milliseconds(0), wait);
        curl_waitfd interrupt{report::interrupt_descriptor(), CURL_WAIT_POLLIN, 0};
        curl_multi_poll(multi, &interrupt, interrupt.fd < 0 ? 0 : 1, static_cast<int>(wait.count()), nullptr);
    }
}

}  // namespace fid::transfer
