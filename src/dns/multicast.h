// SPDX-License-Identifier: MIT
// Multicast DNS (RFC 6762): one-shot questions to everybody on the links of this machine, as a resolver without a cache
// asks them (sections 5.1 and 6.7).
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "dns/message.h"
#include "transport/lookup.h"
#include "transport/recorder.h"

namespace fid::dns {

struct MulticastOptions {
    std::string interface;  ///< only this; empty: every one that is up and does multicast
    transport::FamilyChoice family = transport::FamilyChoice::any;
    QueryOptions query;  ///< without EDNS and flags, but for what the user wants
    std::chrono::nanoseconds timeout = std::chrono::seconds(1);  ///< for each round of questions
    transport::Recorder* recorder = nullptr;                     ///< outlives the asker
    int interrupt = -1;                                          ///< what can be read there ends the waiting
};

struct MulticastReply {
    std::size_t question = 0;        ///< which one it answers; a message that answers two is told twice
    Bytes message;                   ///< without the cache-flush bits in classes; valid during the call
    transport::SocketAddress from;   ///< port 5353
    std::string interface;           ///< it came in through
    std::chrono::nanoseconds rtt{};  ///< since the question was sent for the first time
};

class Multicast {
  public:
    /// Opens sockets on the interfaces. Status usage where the named one does not exist or does no multicast,
    /// cannot_connect where none does.
    [[nodiscard]] static Result<Multicast> open(MulticastOptions options);
    Multicast(Multicast&&) noexcept;
    ~Multicast();

    /// Asks all at the same time and tells each reply once. Several may answer one question, so this takes the whole
    /// timeout, unless each question is for data that one host only has (not PTR of services, not ANY) and has its
    /// answer. Messages are heard that come from port 5353 of a host on the link (section 11: a hop limit of 255, or an
    /// address of the interface's networks), to our question's socket with its ID, or to the group. False where it was
    /// interrupted. Status cannot_connect where nothing could be sent.
    [[nodiscard]] Result<bool> ask(std::span<const Question> questions,
                                   const std::function<void(const MulticastReply&)>& tell);

  private:
    class Sockets;
    explicit Multicast(std::unique_ptr<Sockets> sockets);
    std::unique_ptr<Sockets> sockets_;
};

/// May several hosts have data of their own for it (RFC 6762 section 2: shared records)?
[[nodiscard]] bool is_shared(const Question& question);

}  // namespace fid::dns
