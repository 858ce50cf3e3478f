// SPDX-License-Identifier: MIT
// Transaction signatures (RFC 8945): with a secret that both sides know the question is signed, and so is every
// message of its answer.
//
//     TsigSession session(key);
//     session.sign(query, unix_seconds);
//     ...
//     if (auto checked = session.check(received, unix_seconds, server); !checked) ...
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dns/message.h"

namespace fid::dns {

/// A keyed hash. Two are the same where their addresses are.
struct TsigAlgorithm {
    std::string_view name;  ///< "hmac-sha256", as users and key files have it
    std::string_view wire;  ///< the name in the record, without the final dot
    std::string_view digest;
    std::size_t size;  ///< bytes of a whole MAC
};

struct TsigKey {
    Name name;
    const TsigAlgorithm* algorithm = nullptr;
    std::size_t mac_size = 0;  ///< what we send: as many bytes as the algorithm gives, or fewer ("hmac-sha256-128")
    std::vector<std::uint8_t> secret;

    /// "[ALGORITHM:]NAME:BASE64", as dig's -y; hmac-sha256 where no algorithm stands there. Status usage; the secret is
    /// never part of an error.
    [[nodiscard]] static Result<TsigKey> parse(std::string_view text);
    /// The key in a text in the syntax of BIND: `key "NAME" { algorithm hmac-sha256; secret "BASE64"; };`, among
    /// whatever other statements. Status bad_input: there is none, or more than one; `path` is for that error.
    [[nodiscard]] static Result<TsigKey> from_file_text(std::string_view text, const std::string& path);
    [[nodiscard]] static Result<TsigKey> read_file(const std::string& path);
};

/// The record at the end of a signed message.
struct TsigRecord {
    std::size_t begins_at = 0;  ///< of the record in its message
    Name key, algorithm;
    std::uint64_t time = 0;  ///< seconds since 1970
    std::uint16_t fudge = 0, original_id = 0, error = 0;
    Bytes mac, other;
};
/// Nothing where the last record of the message is none, or its data contradicts the type.
[[nodiscard]] std::optional<TsigRecord> read_tsig(const Message& message);

/// One question and all of its answer.
class TsigSession {
  public:
    /// Seconds by which two clocks may differ (RFC 8945 section 10).
    static constexpr std::uint16_t fudge = 300;
    /// Messages without a signature between two with one (section 5.3.1).
    static constexpr unsigned most_unsigned = 99;

    explicit TsigSession(TsigKey key) : key_(std::move(key)) {}

    /// Adds the record to a question.
    void sign(std::vector<std::uint8_t>& query, std::uint64_t now);
    /// The next message of the answer. Status login_refused: the server does not take the key; protocol_violation: the
    /// message is not by who has the key, and counts as never received. A later message may come without a signature,
    /// which is trusted once a later one with a signature is: ends_signed().
    [[nodiscard]] Result<void> check(Bytes message, std::uint64_t now, const std::string& server);
    /// The last message had a signature.
    [[nodiscard]] bool ends_signed() const { return unsigned_ == 0; }

  private:
    [[nodiscard]] Result<void> check_signed(const Message& message, const TsigRecord& record, std::uint64_t now,
                                            const std::string& server);
    [[nodiscard]] Error refusal(const TsigRecord& record, const std::string& server) const;

    TsigKey key_;
    std::vector<std::uint8_t> mac_;      ///< of the question, later of the last signed message
    std::vector<std::uint8_t> pending_;  ///< unsigned messages since
    unsigned unsigned_ = 0;              ///< how many
    bool first_ = true;
};

}  // namespace fid::dns
