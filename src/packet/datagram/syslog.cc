// SPDX-License-Identifier: MIT
// Syslog (RFC 5424, RFC 3164): a priority in angle brackets, then text.
#include <array>

#include "packet/datagram/family.h"
#include "packet/field_reader.h"

namespace fid::packet {
namespace {

enum Field : unsigned { f_facility, f_level, f_message };
constexpr std::array fields{
    FieldInfo{"syslog.facility", FieldType::number, "Facility"},
    FieldInfo{"syslog.level", FieldType::number, "Severity"},
    FieldInfo{"syslog.msg", FieldType::text, "Message"},
};
constexpr std::array<std::string_view, 24> facilities{"kernel", "user",     "mail",    "daemon", "auth",     "syslog",
                                                      "lpr",    "news",     "uucp",    "cron",   "authpriv", "ftp",
                                                      "ntp",    "security", "console", "cron",   "local0",   "local1",
                                                      "local2", "local3",   "local4",  "local5", "local6",   "local7"};
constexpr std::array<std::string_view, 8> severities{"emergency", "alert",  "critical", "error",
                                                     "warning",   "notice", "info",     "debug"};

struct Priority {
    unsigned value = 0;
    std::size_t size = 0;  ///< with the brackets; 0 where there is none
};
Priority read_priority(Bytes bytes) {
    if (bytes.empty() || bytes[0] != '<') return {};
    unsigned value = 0;
    for (std::size_t i = 1; i < bytes.size() && i <= 4; ++i) {
        if (bytes[i] == '>') return i == 1 || value > 191 ? Priority{} : Priority{value, i + 1};
        if (bytes[i] < '0' || bytes[i] > '9') return {};
        value = value * 10 + (bytes[i] - unsigned{'0'});
    }
    return {};
}

Step step(Bytes bytes, Packet&, std::size_t) {
    if (read_priority(bytes).size == 0) return {.refused = true};
    return {.header = bytes.size()};
}

/// -v: the message too, in tcpdump's layout.
void write_verbose(Bytes bytes, const Priority& priority, Text& out) {
    out.put("SYSLOG, length: ");
    out.number(bytes.size());
    out.put("\n\tFacility ");
    out.put(facilities[priority.value / 8]);
    out.put(" (");
    out.number(priority.value / 8);
    out.put("), Severity ");
    out.put(severities[priority.value % 8]);
    out.put(" (");
    out.number(priority.value % 8);
    out.put(")\n\tMsg: ");
    out.escaped(bytes.subspan(priority.size));
}

void info(const Packet& packet, const Layer& layer, Text& out) {
    const Bytes bytes = packet.bytes(layer);
    const Priority priority = read_priority(bytes);
    if (packet.verbosity != 0) return write_verbose(bytes, priority, out);
    out.put("SYSLOG ");
    out.put(facilities[priority.value / 8]);
    out.put('.');
    out.put(severities[priority.value % 8]);
    out.put(", length: ");
    out.number(bytes.size());
}

void visit(const Packet& packet, const Layer& layer, FieldSink& sink) {
    const Bytes bytes = packet.bytes(layer);
    const Priority priority = read_priority(bytes);
    if (priority.size == 0) return;
    sink.number(f_facility, priority.value / 8, 0, priority.size, facilities[priority.value / 8]);
    sink.number(f_level, priority.value % 8, 0, priority.size, severities[priority.value % 8]);
    sink.bytes(f_message, bytes.subspan(priority.size), priority.size);
}

}  // namespace

const Dissector syslog_dissector{Protocol::syslog, "syslog", "Syslog", fields, step, info, visit};

}  // namespace fid::packet
