// SPDX-License-Identifier: MIT
#include "dns/transfer.h"

namespace fid::dns {
namespace {

namespace wire = packet::dns;

std::unexpected<Error> broken(std::string cause) {
    return fail(Status::protocol_violation, "not a zone transfer from", {}, std::move(cause));
}

/// RFC 1982.
bool is_newer(std::uint32_t a, std::uint32_t b) { return a != b && a - b < 1U << 31U; }

std::optional<std::uint32_t> serial_of(const Message& message, const Record& record) {
    packet::Cursor at(message.rdata(record));
    const auto primary = Name::read(at, message.bytes());
    const auto mailbox = Name::read(at, message.bytes());
    const std::uint32_t serial = at.u32();
    constexpr std::size_t timers_size = 16;
    if (!primary || !mailbox || !at.ok() || at.remaining() != timers_size) return std::nullopt;
    return serial;
}

std::string_view refusal_hint(unsigned code) {
    switch (code) {
        case rcode::refused:
            return "servers give zones to those they list only; -k FILE proves who asks";
        case rcode::server_failure:
            return "the server may have no data for the zone, or too old data";
        case rcode::not_implemented:
            return "a server that knows no IXFR may know AXFR";
        case 9:
            return "the server has no such zone, or wants a key: -k FILE";
        default:
            return {};
    }
}

}  // namespace

std::string_view transfer_kind_name(TransferKind kind) {
    switch (kind) {
        case TransferKind::whole:
            return "whole";
        case TransferKind::differences:
            return "differences";
        case TransferKind::up_to_date:
            return "up_to_date";
        case TransferKind::unknown:
            break;
    }
    return {};
}

Result<void> TransferReader::check_head(const Message& message, const std::string& server) const {
    const Header& header = message.header();
    if (header.id != id_) return broken("a message has another ID");
    if (!header.has(wire::flag_response)) return broken("a message is a question");
    if (header.opcode() != 0) return broken("a message is for " + opcode_text(header.opcode()));
    if (const unsigned code = message.rcode(message.edns()); code != rcode::no_error) {
        const std::string_view about = code == 9 ? ", it is not authoritative for the zone" : "";
        return fail(Status::server_error, "no transfer of " + question_.name.text() + " from", server,
                    rcode_text(code) + std::string(about), std::string(refusal_hint(code)));
    }
    // RFC 5936 section 2.2.1: later messages may leave the question out. Servers leave it out of the first as well.
    if (header.questions != 0 && message.question() != question_) return broken("a message answers another question");
    if (header.has(wire::flag_truncated)) return broken("a message is truncated");
    if (header.answers == 0) return broken("a message has no records");
    return {};
}

Result<bool> TransferReader::take(const Message& message, const std::string& server, TransferSink& sink) {
    const auto refuse = [&](Error error) {
        error.subject = server;
        return std::unexpected(std::move(error));
    };
    if (auto checked = check_head(message, server); !checked) return refuse(std::move(checked.error()));
    ++counts_.messages;
    counts_.bytes += message.bytes().size();
    Records records(message);
    for (Record record; records.next(record) && record.section == Section::answer;) {
        if (complete_) return refuse(broken("there are records behind the end").error());
        const auto change = place(message, record);
        if (!change) return refuse(change.error());
        ++counts_.records;
        if (*change == Change::removed) ++counts_.removed;
        if (*change == Change::added) ++counts_.added;
        if (!sink.record(message, record, *change)) return true;
    }
    if (!message.whole()) return refuse(broken("a message is malformed").error());
    if (!sink.message(message)) return true;
    // A server with nothing newer gives its SOA record alone (RFC 1995 section 4); one with more to come may do so,
    // too.
    if (ours_ && counts_.records == 1 && !is_newer(*serial_, *ours_)) {
        kind_ = TransferKind::up_to_date;
        complete_ = true;
    }
    return complete_;
}

Result<Change> TransferReader::place(const Message& message, const Record& record) {
    const auto name = message.name(record.name_at);
    if (!name) return broken("a message is malformed");
    if (record.type != type::soa || *name != question_.name) {
        if (!serial_) return broken("it does not begin with the SOA record");
        if (kind_ == TransferKind::unknown) kind_ = TransferKind::whole;
        return part_;
    }
    const auto serial = serial_of(message, record);
    if (!serial) return broken("a SOA record is malformed");
    if (!serial_) {
        serial_ = serial;
        return Change::none;
    }
    return kind_ == TransferKind::differences ? place_difference(*serial) : place_start(*serial);
}

/// A SOA record that is not the first, where there are no differences yet: the end of a whole zone, or the version that
/// differences begin with.
Result<Change> TransferReader::place_start(std::uint32_t soa_serial) {
    if (soa_serial == *serial_) {
        kind_ = TransferKind::whole;
        complete_ = true;
        return Change::closing;
    }
    if (kind_ == TransferKind::whole || !ours_)
        return broken("it ends with serial " + std::to_string(soa_serial) + ", and began with " +
                      std::to_string(*serial_));
    if (soa_serial != *ours_)
        return broken("the differences are from serial " + std::to_string(soa_serial) + ", not from " +
                      std::to_string(*ours_));
    kind_ = TransferKind::differences;
    version_ = soa_serial;
    part_ = Change::removed;
    return part_;
}

/// The SOA record behind removed ones tells the version that the added ones make; that behind added ones is the end, or
/// begins the next step with the version of the last.
Result<Change> TransferReader::place_difference(std::uint32_t soa_serial) {
    if (part_ == Change::removed) {
        if (!is_newer(soa_serial, version_))
            return broken("the differences lead from serial " + std::to_string(version_) + " to " +
                          std::to_string(soa_serial));
        version_ = soa_serial;
        part_ = Change::added;
        return part_;
    }
    if (soa_serial != version_)
        return broken("the differences lead to serial " + std::to_string(version_) + " and go on from " +
                      std::to_string(soa_serial));
    if (soa_serial == *serial_) {
        complete_ = true;
        return Change::closing;
    }
    part_ = Change::removed;
    return part_;
}

}  // namespace fid::dns
