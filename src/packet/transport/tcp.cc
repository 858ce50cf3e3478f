// SPDX-License-Identifier: MIT
// Transmission Control Protocol (RFC 9293). Its options are in tcp_options.cc.
#include <array>

#include "packet/network/enclosing.h"
#include "packet/network/octets.h"
#include "packet/transport/family.h"
#include "packet/transport/tcp_options.h"

namespace fid::packet {
namespace {

constexpr std::size_t least = 20;
constexpr unsigned fin = 0x01, syn = 0x02, rst = 0x04, ack_flag = 0x10, urg = 0x20;

enum Field : unsigned {
    sport,
    dport,
    seq,
    ack,
    hdr_len,
    flags,
    flag_ae,
    flag_cwr,
    flag_ece,
    flag_urg,
    flag_ack,
    flag_psh,
    flag_rst,
    flag_syn,
    flag_fin,
    window,
    checksum,
    urgent,
    option,
    option_kind,
    option_len,
    option_mss,
    option_wscale,
    option_left,
    option_right,
    option_value,
    option_echo,
    option_cookie,
    option_data,
    mptcp_subtype,
    mptcp_version,
    mptcp_flags,
    mptcp_backup,
    mptcp_sender_key,
    mptcp_receiver_key,
    mptcp_address_id,
    mptcp_token,
    mptcp_nonce,
    mptcp_mac,
    mptcp_ack,
    mptcp_sequence,
    mptcp_subflow_sequence,
    mptcp_data_length,
    mptcp_checksum,
    mptcp_address,
    mptcp_address6,
    mptcp_port,
    mptcp_reason,
    len
};
constexpr std::array fields{
    FieldInfo{"tcp.sport", FieldType::number, "Source port"},
    FieldInfo{"tcp.dport", FieldType::number, "Destination port"},
    FieldInfo{"tcp.seq", FieldType::number, "Sequence number"},
    FieldInfo{"tcp.ack", FieldType::number, "Acknowledgement number"},
    FieldInfo{"tcp.hdr_len", FieldType::number, "Header length"},
    FieldInfo{"tcp.flags", FieldType::hex, "Flags"},
    FieldInfo{"tcp.flags.ae", FieldType::flag, "Accurate ECN"},
    FieldInfo{"tcp.flags.cwr", FieldType::flag, "Congestion window reduced"},
    FieldInfo{"tcp.flags.ece", FieldType::flag, "ECN echo"},
    FieldInfo{"tcp.flags.urg", FieldType::flag, "Urgent"},
    FieldInfo{"tcp.flags.ack", FieldType::flag, "Acknowledgement"},
    FieldInfo{"tcp.flags.psh", FieldType::flag, "Push"},
    FieldInfo{"tcp.flags.rst", FieldType::flag, "Reset"},
    FieldInfo{"tcp.flags.syn", FieldType::flag, "Synchronise"},
    FieldInfo{"tcp.flags.fin", FieldType::flag, "Finish"},
    FieldInfo{"tcp.window", FieldType::number, "Window"},
    FieldInfo{"tcp.checksum", FieldType::hex, "Checksum"},
    FieldInfo{"tcp.urgent", FieldType::number, "Urgent pointer"},
    FieldInfo{"tcp.option", FieldType::group, "Option"},
    FieldInfo{"tcp.option.kind", FieldType::number, "Kind"},
    FieldInfo{"tcp.option.len", FieldType::number, "Length"},
    FieldInfo{"tcp.option.mss", FieldType::number, "Maximum segment size"},
    FieldInfo{"tcp.option.wscale", FieldType::number, "Window scale"},
    FieldInfo{"tcp.option.sack_left", FieldType::number, "Left edge"},
    FieldInfo{"tcp.option.sack_right", FieldType::number, "Right edge"},
    FieldInfo{"tcp.option.ts_value", FieldType::number, "Timestamp value"},
    FieldInfo{"tcp.option.ts_echo", FieldType::number, "Timestamp echo reply"},
    FieldInfo{"tcp.option.tfo_cookie", FieldType::bytes, "Fast open cookie"},
    FieldInfo{"tcp.option.data", FieldType::bytes, "Data"},
    FieldInfo{"tcp.option.mptcp_subtype", FieldType::number, "Multipath subtype"},
    FieldInfo{"tcp.option.mptcp_version", FieldType::number, "Version"},
    FieldInfo{"tcp.option.mptcp_flags", FieldType::hex, "Flags"},
    FieldInfo{"tcp.option.mptcp_backup", FieldType::flag, "Backup"},
    FieldInfo{"tcp.option.mptcp_sender_key", FieldType::hex, "Sender's key"},
    FieldInfo{"tcp.option.mptcp_receiver_key", FieldType::hex, "Receiver's key"},
    FieldInfo{"tcp.option.mptcp_address_id", FieldType::number, "Address identifier"},
    FieldInfo{"tcp.option.mptcp_token", FieldType::hex, "Receiver's token"},
    FieldInfo{"tcp.option.mptcp_nonce", FieldType::hex, "Nonce"},
    FieldInfo{"tcp.option.mptcp_hmac", FieldType::bytes, "Authentication code"},
    FieldInfo{"tcp.option.mptcp_ack", FieldType::number, "Data acknowledgement"},
    FieldInfo{"tcp.option.mptcp_seq", FieldType::number, "Data sequence number"},
    FieldInfo{"tcp.option.mptcp_subflow_seq", FieldType::number, "Subflow sequence number"},
    FieldInfo{"tcp.option.mptcp_length", FieldType::number, "Data length"},
    FieldInfo{"tcp.option.mptcp_checksum", FieldType::hex, "Checksum"},
    FieldInfo{"tcp.option.mptcp_ipv4", FieldType::ipv4, "Address"},
    FieldInfo{"tcp.option.mptcp_ipv6", FieldType::ipv6, "Address"},
    FieldInfo{"tcp.option.mptcp_port", FieldType::number, "Port"},
    FieldInfo{"tcp.option.mptcp_reason", FieldType::number, "Reset reason"},
    FieldInfo{"tcp.len", FieldType::number, "Payload length"},
};
constexpr TcpOptionFields option_fields{
    option,
    option_kind,
    option_len,
    option_mss,
    option_wscale,
    option_left,
    option_right,
    option_value,
    option_echo,
    option_cookie,
    option_data,
    {mptcp_subtype, mptcp_version, mptcp_flags, mptcp_backup, mptcp_sender_key, mptcp_receiver_key, mptcp_address_id,
     mptcp_token, mptcp_nonce, mptcp_mac, mptcp_ack, mptcp_sequence, mptcp_subflow_sequence, mptcp_data_length,
     mptcp_checksum, mptcp_address, mptcp_address6, mptcp_port, mptcp_reason}};

Step step(Bytes bytes, Packet& packet, std::size_t) {
    if (bytes.size() >= 4) set_ports(packet, be16(bytes, 0), be16(bytes, 2));
    if (bytes.size() < least) return {.header = bytes.size(), .truncated = true};
    const std::size_t header = (bytes[12] >> 4U) * 4U;
    if (header < least) return {.header = bytes.size(), .malformed = true};
    if (header > bytes.size()) return {.header = bytes.size(), .truncated = true};
    if (header == bytes.size()) return {.header = header};
    return {.header = header, .next = tcp_application(packet, bytes.subspan(header))};
}

/// tcpdump's letters, in its order, with the AE bit of RFC 9768 as 'e'.
void write_flags(unsigned bits, Text& out) {
    constexpr std::array<char, 9> letters{'F', 'S', 'R', 'P', '.', 'U', 'E', 'W', 'e'};
    if (bits == 0) return out.put("none");
    for (unsigned i = 0; i < letters.size(); ++i)
        if ((bits >> i & 1U) != 0) out.put(letters[i]);
}

void write_bad_header(std::size_t header, std::size_t length, Text& out) {
    out.put(" [bad hdr length ");
    out.number(header);
    out.put(header < least ? " - too short, < " : " - too long, > ");
    out.number(header < least ? least : length);
    out.put(']');
}

void info(const Packet& packet, const Layer& layer, Text& out) {
    const Bytes bytes = packet.header(layer);
    const std::size_t length = claimed_length(packet, layer);
    write_extended_ports(packet, layer, out);
    if (bytes.size() < least) {
        if (length >= least) return out.put("[|tcp]");
        out.put("truncated-tcp ");
        return out.number(length);
    }
    const std::size_t header = (bytes[12] >> 4U) * 4U;
    const unsigned bits = be16(bytes, 12) & 0x1ffU;
    if (header < least) {
        out.put("tcp ");
        out.number(length > header ? length - header : 0);
        return write_bad_header(header, length, out);
    }
    out.put("Flags [");
    write_flags(bits, out);
    out.put(']');
    const auto number = [&](std::string_view words, std::uint32_t value) {
        out.put(words);
        out.number(value);
    };
    const std::size_t payload = length > header ? length - header : 0;
    if (packet.verbosity != 0 && bytes.size() >= least) {
        if (const Checksum sum = verify_checksum(packet, layer, length, 6, 16); sum.known) {
            out.put(", ");
            write_checksum(sum, out);
        }
    }
    const std::uint32_t first = be32(bytes, 4) - packet.sequence_base;
    if (packet.verbosity > 1 || payload > 0 || (bits & (syn | fin | rst)) != 0) {
        number(", seq ", first);
        if (payload > 0) number(":", first + static_cast<std::uint32_t>(payload));
    }
    if ((bits & ack_flag) != 0) number(", ack ", be32(bytes, 8) - packet.acknowledgement_base);
    number(", win ", be16(bytes, 14));
    if ((bits & urg) != 0) number(", urg ", be16(bytes, 18));
    if (header > length) return write_bad_header(header, length, out);
    if (header > least) {
        out.put(", options [");
        write_tcp_options(bytes.subspan(least), packet.acknowledgement_base, out);
        if (bytes.size() < header) out.put("[|tcp]");
        out.put(']');
    }
    out.put(", length ");
    out.number(payload);
}

void visit_flags(FieldReader& reader) {
    const std::uint64_t word = reader.u16();
    reader.part(hdr_len, (word >> 12U) * 4);
    Text letters;
    write_flags(static_cast<unsigned>(word & 0x1ffU), letters);
    reader.part(flags, word & 0xfffU, letters.view());
    constexpr std::array<unsigned, 9> each{flag_ae,  flag_cwr, flag_ece, flag_urg, flag_ack,
                                           flag_psh, flag_rst, flag_syn, flag_fin};
    for (unsigned i = 0; i < each.size(); ++i) reader.part(each[i], (word >> (8U - i)) & 1U);
}

void visit(const Packet& packet, const Layer& layer, FieldSink& sink) {
    const Bytes header = packet.header(layer);
    FieldReader reader(header, sink);
    reader.u16(sport);
    reader.u16(dport);
    reader.u32(seq);
    reader.u32(ack);
    visit_flags(reader);
    reader.u16(window);
    const std::size_t length = claimed_length(packet, layer);
    reader.u16(checksum, checksum_verdict(packet, layer, length, 6));
    reader.u16(urgent);
    if (!reader.ok()) return;
    if (!layer.malformed) visit_tcp_options(reader, option_fields);
    const std::size_t own = (header[12] >> 4U) * 4U;
    sink.number(len, length > own ? length - own : 0, 0, 0);
}

}  // namespace

const Dissector tcp_dissector{Protocol::tcp, "tcp", "Transmission Control Protocol", fields, step, info, visit};

}  // namespace fid::packet
