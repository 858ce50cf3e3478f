// SPDX-License-Identifier: MIT
// ICMP (RFC 792, 950, 1191, 1256, 8335). An error message describes the packet it is about; that packet is told in
// fields, not dissected as layers: it was not sent from here to there.
#include <array>

#include "packet/field_reader.h"
#include "packet/network/enclosing.h"
#include "packet/network/family.h"
#include "packet/network/octets.h"
#include "packet/put.h"
#include "packet/verbose.h"

namespace fid::packet {
namespace {

enum Field : unsigned {
    type,
    code,
    checksum,
    id,
    seq,
    mtu,
    gateway,
    pointer,
    lifetime,
    router,
    preference,
    mask,
    originate,
    receive,
    transmit,
    original,
    original_proto,
    original_src,
    original_dst,
    original_sport,
    original_dport,
    data
};
constexpr std::array fields{
    FieldInfo{"icmp.type", FieldType::number, "Type"},
    FieldInfo{"icmp.code", FieldType::number, "Code"},
    FieldInfo{"icmp.checksum", FieldType::hex, "Checksum"},
    FieldInfo{"icmp.id", FieldType::number, "Identifier"},
    FieldInfo{"icmp.seq", FieldType::number, "Sequence number"},
    FieldInfo{"icmp.mtu", FieldType::number, "Next-hop MTU"},
    FieldInfo{"icmp.gateway", FieldType::ipv4, "Gateway"},
    FieldInfo{"icmp.pointer", FieldType::number, "Pointer"},
    FieldInfo{"icmp.lifetime", FieldType::number, "Lifetime (s)"},
    FieldInfo{"icmp.router", FieldType::ipv4, "Router"},
    FieldInfo{"icmp.preference", FieldType::number, "Preference"},
    FieldInfo{"icmp.mask", FieldType::ipv4, "Address mask"},
    FieldInfo{"icmp.originate", FieldType::number, "Originate timestamp (ms)"},
    FieldInfo{"icmp.receive", FieldType::number, "Receive timestamp (ms)"},
    FieldInfo{"icmp.transmit", FieldType::number, "Transmit timestamp (ms)"},
    FieldInfo{"icmp.original", FieldType::group, "Original packet"},
    FieldInfo{"icmp.original.proto", FieldType::number, "Protocol"},
    FieldInfo{"icmp.original.src", FieldType::ipv4, "Source address"},
    FieldInfo{"icmp.original.dst", FieldType::ipv4, "Destination address"},
    FieldInfo{"icmp.original.sport", FieldType::number, "Source port"},
    FieldInfo{"icmp.original.dport", FieldType::number, "Destination port"},
    FieldInfo{"icmp.data", FieldType::bytes, "Data"},
};

/// It quotes the packet it is about.
bool is_error(std::uint8_t kind) { return kind == 3 || kind == 4 || kind == 5 || kind == 11 || kind == 12; }

Step step(Bytes bytes, Packet&, std::size_t) { return {.header = bytes.size(), .truncated = bytes.size() < 4}; }

std::string_view type_name(std::uint8_t value) {
    switch (value) {
        case 0:
            return "echo reply";
        case 3:
            return "destination unreachable";
        case 4:
            return "source quench";
        case 5:
            return "redirect";
        case 8:
            return "echo request";
        case 9:
            return "router advertisement";
        case 10:
            return "router solicitation";
        case 11:
            return "time exceeded";
        case 12:
            return "parameter problem";
        case 13:
            return "time stamp request";
        case 14:
            return "time stamp reply";
        case 15:
            return "information request";
        case 16:
            return "information reply";
        case 17:
            return "address mask request";
        case 18:
            return "address mask reply";
        case 42:
            return "extended echo request";
        case 43:
            return "extended echo reply";
        default:
            return {};
    }
}

/// tcpdump's sentences; % is the address the original packet was for.
constexpr std::array<std::string_view, 16> unreachable{"net % unreachable",
                                                       "host % unreachable",
                                                       "",
                                                       "",
                                                       "",
                                                       "% unreachable - source route failed",
                                                       "net % unreachable - unknown",
                                                       "host % unreachable - unknown",
                                                       "% unreachable - source host isolated",
                                                       "net % unreachable - admin prohibited",
                                                       "host % unreachable - admin prohibited",
                                                       "net % unreachable - tos prohibited",
                                                       "host % unreachable - tos prohibited",
                                                       "host % unreachable - admin prohibited filter",
                                                       "host % unreachable - host precedence violation",
                                                       "host % unreachable - precedence cutoff"};

/// The packet an error message is about, as far as it was quoted.
struct Original {
    explicit Original(Bytes message) : bytes(message.size() > 8 ? message.subspan(8) : Bytes{}) {
        if (bytes.size() < 20 || bytes[0] >> 4U != 4) return;
        valid = true;
        destination = bytes.subspan(16, 4);
        protocol = bytes[9];
        const std::size_t header = (bytes[0] & 15U) * 4U;
        const bool with_ports = protocol == 6 || protocol == 17 || protocol == 33 || protocol == 132;
        ports = with_ports && header >= 20 && bytes.size() >= header + 4 ? header : 0;
    }
    Bytes bytes, destination;
    std::uint8_t protocol = 0;
    std::size_t ports = 0;  ///< offset of the ports, 0 where there are none
    bool valid = false;
};

void write_unreachable(std::uint8_t reason, Bytes message, const Original& about, Text& out) {
    const auto protocol_words = [&] {
        put_address(out, about.destination);
        const bool tcp = about.protocol == 6;
        if (tcp || about.protocol == 17) {
            out.put(tcp ? " tcp port " : " udp port ");
        } else {
            out.put(" protocol ");
            out.number(about.protocol);
            out.put(" port ");
        }
        out.number(be16(about.bytes, about.ports + 2));
        out.put(" unreachable");
    };
    if (reason == 3 && about.ports != 0) return protocol_words();
    if (reason == 2) {
        put_address(out, about.destination);
        out.put(" protocol ");
        out.number(about.protocol);
        return out.put(" unreachable");
    }
    if (reason == 4) {
        put_address(out, about.destination);
        out.put(" unreachable - need to frag");
        if (be16(message, 6) == 0) return;
        out.put(" (mtu ");
        out.number(be16(message, 6));
        return out.put(')');
    }
    if (reason < unreachable.size() && !unreachable[reason].empty()) {
        const std::string_view words = unreachable[reason];
        const std::size_t at = words.find('%');
        out.put(words.substr(0, at));
        put_address(out, about.destination);
        return out.put(words.substr(at + 1));
    }
    put_address(out, about.destination);
    out.put(" unreachable - #");
    out.number(reason);
}

void write_redirect(std::uint8_t reason, Bytes message, const Original& about, Text& out) {
    constexpr std::array<std::string_view, 4> before{"redirect ", "redirect ", "redirect-tos ", "redirect-tos "};
    constexpr std::array<std::string_view, 4> between{" to net ", " to host ", " to net ", " to host "};
    if (reason < 4) {
        out.put(before[reason]);
    } else {
        out.put("redirect-#");
        out.number(reason);
        out.put(' ');
    }
    put_address(out, about.destination);
    out.put(reason < 4 ? between[reason] : " to ");
    put_address(out, message.subspan(4, 4));
}

void write_router_advertisement(Bytes message, Text& out) {
    const unsigned seconds = be16(message, 6);
    out.put("router advertisement lifetime ");
    if (seconds < 60) {
        out.number(seconds);
    } else if (seconds < 3600) {
        out.number(seconds / 60);
        out.put(':');
        out.padded(seconds % 60, 2);
    } else {
        out.number(seconds / 3600);
        out.put(':');
        out.padded(seconds / 60 % 60, 2);
        out.put(':');
        out.padded(seconds % 60, 2);
    }
    out.put(' ');
    out.number(message[4]);
    out.put(':');
    if (message[5] != 2) {
        out.put(" [size ");
        out.number(message[5]);
        return out.put(']');
    }
    for (std::size_t i = 0, at = 8; i < message[4] && at + 8 <= message.size(); ++i, at += 8) {
        out.put(" {");
        put_address(out, message.subspan(at, 4));
        out.put(' ');
        out.number(be32(message, at + 4));
        out.put('}');
    }
}

/// Milliseconds since midnight as a clock time; the high bit says "not standard" (RFC 792) and is shown raw.
void write_clock(std::uint32_t ms, Text& out) {
    out.padded(ms / 3600000, 2);
    out.put(':');
    out.padded(ms / 60000 % 60, 2);
    out.put(':');
    out.padded(ms / 1000 % 60, 2);
    out.put('.');
    out.padded(ms % 1000, 3);
}

void write_pair(std::string_view words, Bytes message, std::string_view between, Text& out) {
    out.put(words);
    out.number(be16(message, 4));
    out.put(between);
    out.number(be16(message, 6));
}

void write_message(Bytes message, Text& out) {
    const std::uint8_t reason = message[1];
    const Original about(message);
    switch (message[0]) {
        case 0:
            return write_pair("echo reply, id ", message, ", seq ", out);
        case 8:
            return write_pair("echo request, id ", message, ", seq ", out);
        case 42:
            return write_pair("extended echo request, id ", message, ", seq ", out);
        case 43:
            return write_pair("extended echo reply, id ", message, ", seq ", out);
        case 3:
            return write_unreachable(reason, message, about, out);
        case 5:
            return write_redirect(reason, message, about, out);
        case 9:
            return write_router_advertisement(message, out);
        case 11:
            if (reason > 1) {
                out.put("time exceeded-#");
                return out.number(reason);
            }
            return out.put(reason == 0 ? "time exceeded in-transit" : "ip reassembly time exceeded");
        case 12:
            out.put(reason != 0 ? "parameter problem - code " : "parameter problem - octet ");
            return out.number(reason != 0 ? reason : message[4]);
        case 13:
            return write_pair("time stamp query id ", message, " seq ", out);
        case 14:
            write_pair("time stamp reply id ", message, " seq ", out);
            if (message.size() < 20) return;
            out.put(": org ");
            write_clock(be32(message, 8), out);
            out.put(", recv ");
            write_clock(be32(message, 12), out);
            out.put(", xmit ");
            return write_clock(be32(message, 16), out);
        case 18:
            if (message.size() < 12) return out.put("address mask reply");
            out.put("address mask is 0x");
            return out.hex(be32(message, 8), 8);
        default:
            break;
    }
    const std::string_view name = type_name(message[0]);
    if (!name.empty()) return out.put(name);
    out.put("type-#");
    out.number(message[0]);
}

void info(const Packet& packet, const Layer& layer, Text& out) {
    const Bytes message = packet.bytes(layer);
    if (message.size() < 8) return out.put("[|icmp]");
    out.put("ICMP ");
    write_message(message, out);
    out.put(", length ");
    const std::size_t claimed = claimed_length(packet, layer);
    out.number(claimed);
    if (packet.verbosity == 0) return;
    if (const Checksum sum = verify_checksum(packet, layer, claimed, 0, 2); sum.known && !sum.correct) {
        out.put(" (wrong icmp cksum ");
        out.hex(sum.found);
        out.put(" (->");
        out.hex(sum.expected);
        out.put(")!)");
    }
    if (is_error(message[0]) && message.size() >= 8 + 4)
        write_quoted(message.subspan(8), be16(message, 10), packet, out);
}

void visit_original(Bytes message, FieldSink& sink) {
    const Original about(message);
    if (!about.valid) return;
    Text summary;
    summary.put("IP ");
    put_address(summary, about.bytes.subspan(12, 4));
    summary.put(" > ");
    put_address(summary, about.destination);
    sink.open(original, summary.view(), 8, about.bytes.size());
    sink.number(original_proto, about.protocol, 8 + 9, 1, ip_protocol_name(about.protocol));
    sink.bytes(original_src, about.bytes.subspan(12, 4), 8 + 12);
    sink.bytes(original_dst, about.destination, 8 + 16);
    if (about.ports != 0) {
        sink.number(original_sport, be16(about.bytes, about.ports), 8 + about.ports, 2);
        sink.number(original_dport, be16(about.bytes, about.ports + 2), 8 + about.ports + 2, 2);
    }
    sink.close();
}

void visit_body(std::uint8_t kind, std::uint8_t reason, FieldReader& reader) {
    switch (kind) {
        case 0:
        case 8:
        case 13:
        case 14:
        case 15:
        case 16:
        case 17:
        case 18:
        case 42:
        case 43:
            reader.u16(id);
            reader.u16(seq);
            if (kind == 18) reader.bytes(mask, 4);
            if (kind == 13 || kind == 14) {
                reader.u32(originate);
                reader.u32(receive);
                reader.u32(transmit);
            }
            break;
        case 3:
            reader.skip(2);
            if (reason == 4)
                reader.u16(mtu);
            else
                reader.skip(2);
            break;
        case 5:
            reader.bytes(gateway, 4);
            break;
        case 9:
            reader.skip(2);
            reader.u16(lifetime);
            while (reader.remaining() >= 8) {
                reader.bytes(router, 4);
                reader.u32(preference);
            }
            break;
        case 12:
            reader.u8(pointer);
            reader.skip(3);
            break;
        default:
            reader.skip(4);
            break;
    }
}

void visit(const Packet& packet, const Layer& layer, FieldSink& sink) {
    const Bytes message = packet.bytes(layer);
    FieldReader reader(message, sink);
    const std::uint8_t kind = reader.peek();
    const std::uint8_t reason = reader.peek(1);
    reader.u8(type, type_name(kind));
    reader.u8(code);
    reader.u16(checksum, checksum_verdict(packet, layer, claimed_length(packet, layer), 0));
    visit_body(kind, reason, reader);
    if (is_error(kind))
        visit_original(message, sink);
    else if (reader.ok())
        reader.tail(data);
}

}  // namespace

const Dissector icmp_dissector{Protocol::icmp, "icmp", "Internet Control Message Protocol", fields, step, info, visit};

}  // namespace fid::packet
