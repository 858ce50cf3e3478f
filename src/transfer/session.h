// SPDX-License-Identifier: MIT
// Makes transfers, some at the same time, over connections that are used again: libcurl's multi interface, with
// redirects and retries of our own, because libcurl sends a user's headers to wherever it is redirected.
//
//     Session session({.parallel = 6});
//     session.run([&]() -> std::optional<Job> { ... }, [&](Receiver& receiver, Outcome outcome) { ... }, [] {});
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include "report/error.h"
#include "report/text.h"
#include "transfer/outcome.h"
#include "transfer/request.h"
#include "transport/recorder.h"

namespace fid::transfer {

/// What crosses the connection, for people who watch.
enum class Trace : std::uint8_t { note, header_in, header_out, data_in, data_out };

struct Head {
    long code = 0;
    std::string version, reason;
    std::vector<std::pair<std::string, std::string>> headers;

    /// The value of the last header of that name, whatever its case.
    [[nodiscard]] std::optional<std::string> header(std::string_view name) const;
};

/// Takes what a transfer brings. All calls come from the thread that runs the session.
class Receiver {
  public:
    Receiver() = default;
    Receiver(const Receiver&) = delete;
    Receiver& operator=(const Receiver&) = delete;
    virtual ~Receiver() = default;

    /// A line of a head with its line end, the empty line included: of every answer, also interim ones (100), those
    /// of a proxy and those that redirect.
    virtual void header(std::string_view line) = 0;
    /// The answer that counts has come: not one that is followed elsewhere or asked for again. Is its body wanted?
    virtual Result<bool> answer(const Head& head) = 0;
    virtual Result<void> body(Bytes bytes) = 0;
    /// Total sizes are 0 where they are unknown.
    virtual void progress(std::uint64_t /*received*/, std::uint64_t /*to_receive*/, std::uint64_t /*sent*/,
                          std::uint64_t /*to_send*/) {}
    [[nodiscard]] virtual bool wants_trace() const { return false; }
    virtual void trace(Trace /*kind*/, Bytes /*bytes*/) {}
    /// May another attempt follow one whose body was handed on already?
    [[nodiscard]] virtual bool can_begin_again() const { return true; }
    /// A warning for the user: what is tried again, and why.
    virtual void retrying(const Outcome& /*failed*/, std::chrono::milliseconds /*wait*/, unsigned /*left*/) {}
};

struct Job {
    Request request;
    Receiver* receiver = nullptr;
};

struct SessionOptions {
    unsigned parallel = 1;
    transport::Recorder* recorder = nullptr;  ///< what is inside TLS is recorded without it
};

class Session {
  public:
    explicit Session(SessionOptions options);
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    /// Asks `next` for jobs while there is room, tells `done` of each that ended (false: begin no other), and calls
    /// `idle` before it waits for the network. Ends when all are done, or at Ctrl-C, when what runs is dropped and
    /// told as interrupted.
    void run(const std::function<std::optional<Job>()>& next, const std::function<bool(Receiver&, Outcome)>& done,
             const std::function<void()>& idle);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace fid::transfer
