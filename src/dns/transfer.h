// SPDX-License-Identifier: MIT
// Zone transfers: a whole zone (AXFR, RFC 5936) or what has changed in it (IXFR, RFC 1995), over TCP or TLS (RFC 9103).
// Records are handed on as they arrive; nothing is kept but one message.
#pragma once

#include "dns/exchange.h"

namespace fid::dns {

/// What a record means.
enum class Change : std::uint8_t {
    none,     ///< part of the zone
    removed,  ///< in differences between two versions of it
    added,
    closing,  ///< the SOA record that ends the transfer, and began it, too
};

/// Who takes the records.
class TransferSink {
  public:
    virtual ~TransferSink() = default;
    /// The next record, the SOA records between the differences among them. False: no more is wanted.
    [[nodiscard]] virtual bool record(const Message& message, const Record& record, Change change) = 0;
    /// The message whose records have just been handed on.
    [[nodiscard]] virtual bool message(const Message& message) = 0;

  protected:
    TransferSink() = default;
    TransferSink(const TransferSink&) = default;
    TransferSink& operator=(const TransferSink&) = default;
};

enum class TransferKind : std::uint8_t {
    unknown,      ///< not enough has come
    whole,        ///< all records, be it in answer to IXFR
    differences,  ///< removed and added ones
    up_to_date,   ///< the server has nothing newer
};
[[nodiscard]] std::string_view transfer_kind_name(TransferKind kind);  ///< "whole"; "" for unknown

struct TransferCounts {
    std::uint64_t records = 0, removed = 0, added = 0;
    std::uint64_t messages = 0, bytes = 0;  ///< of the messages, without the lengths before them
};

/// The rules of the records' order, without a network: takes the messages one after another.
class TransferReader {
  public:
    /// `question` is for AXFR, or for IXFR from `serial` on.
    TransferReader(Question question, std::uint16_t id, std::optional<std::uint32_t> serial)
        : question_(question), id_(id), ours_(serial) {}

    /// True once the transfer is complete, or the sink has had enough. Status server_error where the message refuses;
    /// protocol_violation where it breaks the rules (what came before is handed on); `server` is for errors.
    [[nodiscard]] Result<bool> take(const Message& message, const std::string& server, TransferSink& sink);

    [[nodiscard]] TransferKind kind() const { return kind_; }
    [[nodiscard]] const TransferCounts& counts() const { return counts_; }
    [[nodiscard]] std::optional<std::uint32_t> serial() const { return serial_; }  ///< the zone's, once known
    [[nodiscard]] bool complete() const { return complete_; }

  private:
    [[nodiscard]] Result<void> check_head(const Message& message, const std::string& server) const;
    [[nodiscard]] Result<Change> place(const Message& message, const Record& record);
    [[nodiscard]] Result<Change> place_start(std::uint32_t soa_serial);
    [[nodiscard]] Result<Change> place_difference(std::uint32_t soa_serial);

    Question question_;
    std::uint16_t id_;
    std::optional<std::uint32_t> ours_, serial_;
    TransferKind kind_ = TransferKind::unknown;
    TransferCounts counts_;
    Change part_ = Change::none;  ///< of differences
    std::uint32_t version_ = 0;   ///< that the differences have come to
    bool complete_ = false;
};

/// How it went, filled in as it goes.
struct TransferReport {
    TransferKind kind = TransferKind::unknown;
    TransferCounts counts;
    std::optional<std::uint32_t> serial;
    std::chrono::nanoseconds duration{};  ///< from the question on, connecting not included
    std::string peer;                     ///< "127.0.0.1:53"
    Carrier carrier = Carrier::tcp;
    bool complete = false;
    bool agreed_on_dot = true;  ///< TLS: the server knows what is spoken here (RFC 9103 section 7.1)
};

/// Asks for a transfer and hands its records to `sink`. A server of the carrier udp is asked over TCP; TLS is 1.3 or
/// later. `options.query.serial` makes the difference between AXFR and IXFR; `options.timeout` is for connecting and
/// for each message; there is one attempt (and another where the server knows no EDNS). Status truncated where the
/// connection ends in the middle, timeout, usage for https, and those of take(), of TsigSession and of dial().
[[nodiscard]] transport::Task<Result<void>> transfer(transport::Executor executor, Server server, Question question,
                                                     ExchangeOptions options, TransferSink& sink,
                                                     TransferReport& report);

}  // namespace fid::dns
