// SPDX-License-Identifier: MIT
#include "cmd/mail/records.h"

#include <array>
#include <cmath>

namespace fid::cmd::mail {

using report::Field;
using report::Type;
using report::Value;

namespace {

constexpr std::array mail_fields{
    Field{"recipient", Type::text, "the address that the message was for"},
    Field{"fate", Type::text, "accepted, refused, unknown (the connection ended before the server said), or unsent"},
    Field{"code", Type::integer, "of the reply that settled it: 250, 550"},
    Field{"enhanced", Type::text, "its enhanced status code: 2.1.5 (RFC 3463)"},
    Field{"reply", Type::text, "the reply's words"},
    Field{"message", Type::integer, "which of several, from 1"},
    Field{"duration_ms", Type::real, "from the first command to the last reply"},
};
constexpr std::array load_fields{
    Field{"messages", Type::integer, "that were tried"},
    Field{"accepted", Type::integer, "for all recipients"},
    Field{"partial", Type::integer, "for some of them"},
    Field{"refused", Type::integer, "for all of them"},
    Field{"unknown", Type::integer, "for which no answer came"},
    Field{"unsent", Type::integer, "which the server did not get"},
    Field{"connections", Type::integer, "that were opened"},
    Field{"bytes", Type::integer, "of the messages that were accepted"},
    Field{"duration_s", Type::real, "seconds it took"},
    Field{"messages_per_s", Type::real, "accepted in a second"},
};

double milliseconds(std::chrono::nanoseconds time) {
    return static_cast<double>(std::chrono::duration_cast<std::chrono::microseconds>(time).count()) / 1e3;
}

}  // namespace

const report::RecordType mail_record{"mail", "What became of a message for one recipient.", mail_fields};
const report::RecordType load_record{"load", "The account of --repeat.", load_fields};

void write_receipt(report::Output& out, const fid::mail::Receipt& receipt, std::uint64_t number,
                   std::chrono::nanoseconds duration) {
    report::Record record(mail_record);
    record.set("recipient", receipt.recipient).set("fate", fid::mail::name_of(receipt.fate));
    if (receipt.reply) {
        const std::string_view enhanced = receipt.reply->enhanced();
        record.set("code", receipt.reply->code).set("reply", receipt.reply->words());
        if (!enhanced.empty()) record.set("enhanced", enhanced);
    }
    record.set("message", number).set("duration_ms", milliseconds(duration));
    constexpr std::array<std::string_view, 4> columns{"fate", "recipient", "code", "reply"};
    if (out.plain_text())
        out.write_row(record, columns);
    else
        out.write(record);
}

void write_load(report::Output& out, const Load& load) {
    report::Record record(load_record);
    record.set("messages", load.messages).set("accepted", load.accepted).set("partial", load.partial);
    record.set("refused", load.refused).set("unknown", load.unknown).set("unsent", load.unsent);
    record.set("connections", load.connections).set("bytes", load.bytes);
    const double seconds = std::chrono::duration<double>(load.duration).count();
    record.set("duration_s", std::round(seconds * 1e3) / 1e3);
    const double rate = seconds > 0 ? static_cast<double>(load.accepted) / seconds : 0;
    record.set("messages_per_s", std::round(rate * 10) / 10);
    out.write(record);
}

}  // namespace fid::cmd::mail
