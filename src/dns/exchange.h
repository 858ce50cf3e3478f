// SPDX-License-Identifier: MIT
// One question to one server and its answer, whatever carries them: UDP (and TCP where the answer is cut short), TCP,
// TLS (RFC 7858), HTTPS (RFC 8484).
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dns/message.h"
#include "dns/tsig.h"
#include "transport/dial.h"

namespace fid::dns {

enum class Carrier : std::uint8_t { udp, tcp, tls, https };
[[nodiscard]] std::string_view carrier_name(Carrier carrier);  ///< "udp"

struct Server {
    Carrier carrier = Carrier::udp;
    Endpoint endpoint;  ///< host, port and, for HTTPS, path; the scheme says nothing here

    /// "192.0.2.1", "ns.example", "[::1]:5353", "192.0.2.1:5353", "2001:db8::1", "fe80::1%eth0", and with tcp://,
    /// tls:// or https:// (/dns-query is the path where there is none). `port` where none is written; 0 = the carrier's
    /// own.
    [[nodiscard]] static Result<Server> parse(std::string_view text, std::uint16_t port = 0);
    [[nodiscard]] static Server at(const Address& address, std::uint16_t port = 53);
    /// "192.0.2.1:53", "tls://192.0.2.1:853", "https://dns.example/dns-query".
    [[nodiscard]] std::string text() const;
};

struct ExchangeOptions {
    QueryOptions query;
    transport::DialOptions dial;                                 ///< its timeout is not used
    std::chrono::nanoseconds timeout = std::chrono::seconds(5);  ///< for each attempt, connecting included
    unsigned attempts = 3;                                       ///< over UDP, and for connections that time out
    bool keep_truncated = false;                                 ///< a truncated answer is the answer
    bool keep_edns = false;                                      ///< no second question without EDNS
    bool keep_cookie_error = false;                              ///< BADCOOKIE is the answer
    bool mix_case = false;                                       ///< 0x20
    std::optional<std::uint16_t> id;                             ///< a random one otherwise
    std::optional<TsigKey> key;                                  ///< signs the question; the answer has to be signed
};

struct Answer {
    std::vector<std::uint8_t> bytes;
    Question question;  ///< as it was asked, in its letter case
    Carrier carrier = Carrier::udp;
    std::string peer;                    ///< "127.0.0.1:53"
    std::chrono::nanoseconds rtt{};      ///< of the attempt that succeeded, connecting not included
    std::chrono::nanoseconds connect{};  ///< connecting and TLS; 0 where the connection stood already
    std::size_t query_size = 0;
    bool without_edns = false;         ///< the server understands no EDNS, and was asked again without it
    bool tcp_instead = false;          ///< the answer over UDP was truncated
    std::vector<std::string> ignored;  ///< what else came meanwhile: "an answer with another ID"

    [[nodiscard]] Message message() const { return *Message::open(bytes); }  ///< always has a header
};

/// Asks and waits. What is not an answer to this question (another ID, another name, somebody else's cookie) is passed
/// over until the time is up. Over UDP the source port and the ID are random, and only the server's address is heard;
/// an answer whose signature is wrong is passed over as well (RFC 8945 section 5.4). Status timeout, cannot_connect
/// (the host refuses), host_not_found (the server's name), protocol_violation (no DNS, or nothing but answers with
/// wrong signatures), login_refused (the server does not take the key), and what dial() and TLS give.
[[nodiscard]] transport::Task<Result<Answer>> exchange(transport::Executor executor, Server server, Question question,
                                                       ExchangeOptions options);

/// Question after question over one connection (RFC 7766 section 6.2.1), for TCP, TLS and HTTPS. Where the server has
/// ended it meanwhile there is a new one.
class Session {
  public:
    Session(transport::Executor executor, Server server, ExchangeOptions options);
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;
    ~Session();

    /// As exchange(). One question at a time.
    [[nodiscard]] transport::Task<Result<Answer>> ask(Question question);

  private:
    class State;
    std::unique_ptr<State> state_;
};

/// Random bits from the kernel, for IDs and letter case.
[[nodiscard]] std::uint64_t random_bits();

}  // namespace fid::dns
