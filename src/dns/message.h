// SPDX-License-Identifier: MIT
// DNS messages: a question written into the caller's buffer, an answer read where it lies. Nothing here allocates for
// a message, so one exchange and a million go through the same code.
//
//     std::array<std::uint8_t, 512> buffer;
//     const std::size_t size = write_query(buffer, id, question, options);
//     ...
//     if (match_reply(received, id, question) == Match::yes) {
//         Message reply = *Message::open(received);
//         Records records(reply);
//         for (Record record; records.next(record);) ...
//     }
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "address/prefix.h"
#include "dns/name.h"
#include "dns/types.h"
#include "packet/naming/dns_message.h"

namespace fid::dns {

using packet::dns::Header;  // and its flags, packet::dns::flag_response and so on
inline constexpr std::size_t header_size = packet::dns::header_size;
/// What a UDP answer may be at most (RFC 9715: fits everywhere without fragments).
inline constexpr std::uint16_t default_udp_size = 1232;

struct Question {
    Name name;
    std::uint16_t type = type::a;
    std::uint16_t klass = klass::in;

    friend bool operator==(const Question&, const Question&) = default;
};

/// The OPT record of a question (RFC 6891).
struct Edns {
    std::uint16_t udp_size = default_udp_size;
    std::uint8_t version = 0;
    std::uint16_t flags = 0;  ///< flag_dnssec_ok and others
    bool nsid = false;
    bool expire = false;               ///< RFC 7314
    bool keepalive = false;            ///< RFC 7828, for TCP
    std::optional<Prefix> subnet;      ///< RFC 7871
    std::vector<std::uint8_t> cookie;  ///< RFC 7873: 8 bytes of ours, 8 to 32 of the server's behind them; empty: none
    struct Option {
        std::uint16_t code = 0;
        std::vector<std::uint8_t> data;
    };
    std::vector<Option> others;
    std::uint16_t padding = 0;  ///< makes the message a multiple of so many bytes (RFC 7830); 0: none
};
inline constexpr std::uint16_t flag_dnssec_ok = 0x8000;  ///< of Edns::flags

struct QueryOptions {
    unsigned opcode = 0;
    std::uint16_t flags = packet::dns::flag_recursion_desired;  ///< of the header
    std::optional<Edns> edns = Edns{};
    std::optional<std::uint32_t> serial;  ///< IXFR: of the zone that is there already (RFC 1995 section 3)
};

/// Writes the question and returns the size of the message, 0 where `into` is too small for it (header_size + 255 + 4 +
/// 11 + 34 bytes, the options of EDNS and the padding are always enough).
[[nodiscard]] std::size_t write_query(std::span<std::uint8_t> into, std::uint16_t id, const Question& question,
                                      const QueryOptions& options);
/// The name within a message written by write_query, for mix_case.
[[nodiscard]] std::span<std::uint8_t> name_in_query(std::span<std::uint8_t> query, const Question& question);

/// Is it the answer to our question?
enum class Match : std::uint8_t {
    yes,
    too_short,    ///< no header
    no_response,  ///< a question itself
    other_id,
    other_question,
};
/// An answer without a question passes where it is an error (servers that cannot read ours give none back).
/// `exact_case`: 0x20, letter case counts as well; `question` has the case it was sent with.
[[nodiscard]] Match match_reply(Bytes reply, std::uint16_t id, const Question& question, bool exact_case = false);

enum class Section : std::uint8_t { answer = 1, authority = 2, additional = 3 };

/// A record where it lies in its message.
struct Record {
    Section section{};
    std::uint16_t type = 0, klass = 0;
    std::uint32_t ttl = 0;  ///< seconds; 0 where the top bit is set (RFC 2181 section 8). OPT: not a time at all
    std::size_t name_at = 0, rdata_at = 0, rdata_size = 0;
};

/// The options of a message with EDNS.
struct EdnsView {
    std::uint16_t udp_size = 0;
    std::uint8_t extended_rcode = 0, version = 0;
    std::uint16_t flags = 0;
    Bytes options;
};

/// A message as it was received; a view.
class Message {
  public:
    /// Nothing where there is no header. What follows it is checked as it is read.
    [[nodiscard]] static std::optional<Message> open(Bytes bytes);

    [[nodiscard]] Bytes bytes() const { return bytes_; }
    [[nodiscard]] const Header& header() const { return header_; }
    /// The first question.
    [[nodiscard]] std::optional<Question> question() const;
    /// The name that begins at an offset.
    [[nodiscard]] std::optional<Name> name(std::size_t at) const;
    [[nodiscard]] Bytes rdata(const Record& record) const { return bytes_.subspan(record.rdata_at, record.rdata_size); }
    /// The OPT record, wherever among the additional ones it stands.
    [[nodiscard]] std::optional<EdnsView> edns() const;
    /// With the extended bits of `edns`.
    [[nodiscard]] unsigned rcode(const std::optional<EdnsView>& edns) const;
    /// Is everything there that the header counts, and every name one?
    [[nodiscard]] bool whole() const;

  private:
    Message(Bytes bytes, const Header& header) : bytes_(bytes), header_(header) {}

    Bytes bytes_;
    Header header_;
};

/// Walks the records of a message, section by section; the names in them are not looked at.
class Records {
  public:
    explicit Records(const Message& message);
    /// False at the end, or where the message breaks off.
    [[nodiscard]] bool next(Record& record);
    /// Nothing has been wrong so far.
    [[nodiscard]] bool ok() const { return at_.ok(); }
    [[nodiscard]] std::size_t offset() const { return at_.offset(); }

  private:
    packet::Cursor at_;
    unsigned left_[4]{};  ///< by Section
    unsigned section_ = 1;
};

struct OptionView {
    std::uint16_t code = 0;
    Bytes data;
};
/// Takes the next option off `rest`; nothing at the end or where it breaks off.
[[nodiscard]] std::optional<OptionView> take_option(Bytes& rest);

}  // namespace fid::dns
