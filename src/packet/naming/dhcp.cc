// SPDX-License-Identifier: MIT
// BOOTP (RFC 951) and DHCP (RFC 2131), options as RFC 2132 and its successors name them.
#include <algorithm>
#include <array>

#include "packet/field_reader.h"
#include "packet/naming/dhcp_text.h"
#include "packet/naming/family.h"
#include "packet/steps.h"

namespace fid::packet {
namespace {

enum Field : unsigned {
    f_op,
    f_htype,
    f_hlen,
    f_hops,
    f_xid,
    f_secs,
    f_flags,
    f_broadcast,
    f_ciaddr,
    f_yiaddr,
    f_siaddr,
    f_giaddr,
    f_chaddr,
    f_sname,
    f_file,
    f_cookie,
    f_option,
    f_code,
    f_length,
    f_type,
    f_requested,
    f_hostname,
    f_domain,
    f_vendor_class,
    f_client_id,
    f_server_id,
    f_lease,
    f_renewal,
    f_rebinding,
    f_mtu,
    f_mask,
    f_router,
    f_dns,
    f_ntp,
    f_message,
    f_parameter,
    f_fqdn,
    f_max_size,
    f_relay_circuit,
    f_relay_remote,
    f_address,
    f_text,
    f_number,
    f_value,
};

constexpr std::array fields{
    FieldInfo{"dhcp.op", FieldType::number, "Operation"},
    FieldInfo{"dhcp.htype", FieldType::number, "Hardware type"},
    FieldInfo{"dhcp.hlen", FieldType::number, "Hardware address length"},
    FieldInfo{"dhcp.hops", FieldType::number, "Hops"},
    FieldInfo{"dhcp.id", FieldType::hex, "Transaction ID"},
    FieldInfo{"dhcp.secs", FieldType::number, "Seconds elapsed"},
    FieldInfo{"dhcp.flags", FieldType::hex, "Flags"},
    FieldInfo{"dhcp.flags.bc", FieldType::flag, "Broadcast"},
    FieldInfo{"dhcp.ip.client", FieldType::ipv4, "Client address"},
    FieldInfo{"dhcp.ip.your", FieldType::ipv4, "Your address"},
    FieldInfo{"dhcp.ip.server", FieldType::ipv4, "Next server"},
    FieldInfo{"dhcp.ip.relay", FieldType::ipv4, "Relay agent"},
    FieldInfo{"dhcp.mac", FieldType::mac, "Client hardware address"},
    FieldInfo{"dhcp.server", FieldType::text, "Server name"},
    FieldInfo{"dhcp.file", FieldType::text, "Boot file"},
    FieldInfo{"dhcp.cookie", FieldType::hex, "Magic cookie"},
    FieldInfo{"dhcp.option", FieldType::group, "Option"},
    FieldInfo{"dhcp.option.type", FieldType::number, "Code"},
    FieldInfo{"dhcp.option.length", FieldType::number, "Length"},
    FieldInfo{"dhcp.type", FieldType::number, "Message type"},
    FieldInfo{"dhcp.requested_ip", FieldType::ipv4, "Requested address"},
    FieldInfo{"dhcp.hostname", FieldType::text, "Host name"},
    FieldInfo{"dhcp.domain", FieldType::text, "Domain name"},
    FieldInfo{"dhcp.vendor_class", FieldType::text, "Vendor class"},
    FieldInfo{"dhcp.client_id", FieldType::bytes, "Client identifier"},
    FieldInfo{"dhcp.server_id", FieldType::ipv4, "Server identifier"},
    FieldInfo{"dhcp.lease_time", FieldType::number, "Lease time"},
    FieldInfo{"dhcp.renewal_time", FieldType::number, "Renewal time"},
    FieldInfo{"dhcp.rebinding_time", FieldType::number, "Rebinding time"},
    FieldInfo{"dhcp.mtu", FieldType::number, "Interface MTU"},
    FieldInfo{"dhcp.mask", FieldType::ipv4, "Subnet mask"},
    FieldInfo{"dhcp.router", FieldType::ipv4, "Router"},
    FieldInfo{"dhcp.dns", FieldType::ipv4, "Name server"},
    FieldInfo{"dhcp.ntp", FieldType::ipv4, "NTP server"},
    FieldInfo{"dhcp.message", FieldType::text, "Message"},
    FieldInfo{"dhcp.parameter", FieldType::number, "Requested parameter"},
    FieldInfo{"dhcp.fqdn", FieldType::bytes, "Client FQDN"},
    FieldInfo{"dhcp.max_size", FieldType::number, "Maximum message size"},
    FieldInfo{"dhcp.relay.circuit_id", FieldType::bytes, "Circuit ID"},
    FieldInfo{"dhcp.relay.remote_id", FieldType::bytes, "Remote ID"},
    FieldInfo{"dhcp.option.address", FieldType::ipv4, "Address"},
    FieldInfo{"dhcp.option.text", FieldType::text, "Text"},
    FieldInfo{"dhcp.option.number", FieldType::number, "Number"},
    FieldInfo{"dhcp.option.value", FieldType::bytes, "Value"},
};

enum class Kind : std::uint8_t { number, addresses, text, bytes, codes, relay };
struct Option {
    std::uint8_t code;
    std::string_view name;
    Kind kind = Kind::bytes;
    Field field = f_value;
};
constexpr std::array options{
    Option{1, "Subnet mask", Kind::addresses, f_mask},
    Option{2, "Time offset"},
    Option{3, "Router", Kind::addresses, f_router},
    Option{4, "Time server", Kind::addresses, f_address},
    Option{6, "Domain name server", Kind::addresses, f_dns},
    Option{7, "Log server", Kind::addresses, f_address},
    Option{9, "LPR server", Kind::addresses, f_address},
    Option{12, "Host name", Kind::text, f_hostname},
    Option{13, "Boot file size", Kind::number, f_number},
    Option{15, "Domain name", Kind::text, f_domain},
    Option{17, "Root path", Kind::text, f_text},
    Option{19, "IP forwarding", Kind::number, f_number},
    Option{23, "Default TTL", Kind::number, f_number},
    Option{26, "Interface MTU", Kind::number, f_mtu},
    Option{28, "Broadcast address", Kind::addresses, f_address},
    Option{31, "Router discovery", Kind::number, f_number},
    Option{33, "Static route", Kind::addresses, f_address},
    Option{40, "NIS domain", Kind::text, f_text},
    Option{41, "NIS servers", Kind::addresses, f_address},
    Option{42, "NTP server", Kind::addresses, f_ntp},
    Option{43, "Vendor specific"},
    Option{44, "NetBIOS name server", Kind::addresses, f_address},
    Option{45, "NetBIOS datagram server", Kind::addresses, f_address},
    Option{46, "NetBIOS node type", Kind::number, f_number},
    Option{47, "NetBIOS scope", Kind::text, f_text},
    Option{50, "Requested IP", Kind::addresses, f_requested},
    Option{51, "Lease time", Kind::number, f_lease},
    Option{52, "Option overload", Kind::number, f_number},
    Option{53, "DHCP message type", Kind::number, f_type},
    Option{54, "Server ID", Kind::addresses, f_server_id},
    Option{55, "Parameter request list", Kind::codes, f_parameter},
    Option{56, "Message", Kind::text, f_message},
    Option{57, "Maximum message size", Kind::number, f_max_size},
    Option{58, "Renewal time", Kind::number, f_renewal},
    Option{59, "Rebinding time", Kind::number, f_rebinding},
    Option{60, "Vendor class", Kind::text, f_vendor_class},
    Option{61, "Client ID", Kind::bytes, f_client_id},
    Option{66, "TFTP server name", Kind::text, f_text},
    Option{67, "Boot file name", Kind::text, f_text},
    Option{77, "User class"},
    Option{80, "Rapid commit"},
    Option{81, "Client FQDN", Kind::bytes, f_fqdn},
    Option{82, "Relay agent information", Kind::relay},
    Option{93, "Client architecture", Kind::number, f_number},
    Option{94, "Client network interface"},
    Option{97, "Client machine ID"},
    Option{100, "POSIX time zone", Kind::text, f_text},
    Option{101, "TZ database zone", Kind::text, f_text},
    Option{108, "IPv6-only preferred", Kind::number, f_number},
    Option{114, "Captive portal", Kind::text, f_text},
    Option{116, "Auto configuration", Kind::number, f_number},
    Option{119, "Domain search"},
    Option{120, "SIP servers"},
    Option{121, "Classless static route"},
    Option{150, "TFTP server address", Kind::addresses, f_address},
    Option{161, "MUD URL", Kind::text, f_text},
    Option{249, "Classless static route (Microsoft)"},
    Option{252, "Proxy auto-discovery", Kind::text, f_text},
};

const Option* find_option(std::uint8_t code) {
    const auto* const found = std::ranges::lower_bound(options, code, {}, &Option::code);
    return found != options.end() && found->code == code ? found : nullptr;
}
std::string_view option_name(std::uint8_t code) {
    const Option* found = find_option(code);
    return found == nullptr ? std::string_view{} : found->name;
}

constexpr std::array<std::string_view, 19> message_types{"",
                                                         "Discover",
                                                         "Offer",
                                                         "Request",
                                                         "Decline",
                                                         "ACK",
                                                         "NAK",
                                                         "Release",
                                                         "Inform",
                                                         "ForceRenew",
                                                         "LeaseQuery",
                                                         "LeaseUnassigned",
                                                         "LeaseUnknown",
                                                         "LeaseActive",
                                                         "BulkLeaseQuery",
                                                         "LeaseQueryDone",
                                                         "ActiveLeaseQuery",
                                                         "LeaseQueryStatus",
                                                         "TLS"};

constexpr std::size_t bootp_size = 236;
constexpr std::uint32_t magic = 0x63825363;  // RFC 2132 section 2

Step step(Bytes bytes, Packet& packet, std::size_t) {
    Step out{.header = bytes.size()};
    if (bytes.empty() || bytes[0] < 1 || bytes[0] > 2) return {.refused = true};
    if (bytes.size() < bootp_size) {
        (was_cut(packet) ? out.truncated : out.malformed) = true;
        return out;
    }
    // chaddr is 16 bytes wide.
    out.malformed = bytes[2] > 16;
    return out;
}

void info(const Packet& packet, const Layer& layer, Text& out) {
    const Bytes bytes = packet.bytes(layer);
    Cursor at(bytes);
    out.put("BOOTP/DHCP, ");
    const unsigned operation = at.u8();
    if (operation == 1)
        out.put("Request");
    else if (operation == 2)
        out.put("Reply");
    else {
        out.put("unknown (0x");
        out.hex(operation, 2);
        out.put(')');
    }
    const unsigned type = at.u8();
    const unsigned size = at.u8();
    at.skip(25);
    const Bytes address = at.take(6);
    if (operation == 1 && type == 1 && size == 6 && at.ok()) {
        out.put(" from ");
        out.mac(address);
    }
    out.put(", length ");
    out.number(bytes.size());
    if (packet.verbosity != 0) write_dhcp(bytes, packet.verbosity, out);
}

/// A fixed-width text ends at its first zero.
Bytes until_zero(Bytes bytes) {
    return bytes.first(static_cast<std::size_t>(std::ranges::find(bytes, 0) - bytes.begin()));
}

void visit_relay(FieldReader& in) {
    while (in.remaining() >= 2) {
        const unsigned code = in.u8();
        const std::size_t length = in.u8();
        in.bytes(code == 1 ? f_relay_circuit : code == 2 ? f_relay_remote : f_value, length);
    }
}

void visit_value(const Option* option, FieldReader& in) {
    const Kind kind = option == nullptr ? Kind::bytes : option->kind;
    const unsigned field = option == nullptr ? unsigned{f_value} : option->field;
    const std::size_t size = in.remaining();
    if (kind == Kind::number && size != 0 && size <= 4) {
        in.number(field, size, field == f_type ? Meaning(message_types) : Meaning());
    } else if (kind == Kind::addresses && size % 4 == 0) {
        while (in.more()) in.bytes(field, 4);
    } else if (kind == Kind::codes) {
        while (in.more()) in.u8(field, option_name(in.peek()));
    } else if (kind == Kind::relay) {
        visit_relay(in);
    } else {
        in.tail(kind == Kind::text || kind == Kind::bytes ? field : unsigned{f_value});
    }
}

void visit_options(FieldReader& in) {
    constexpr std::uint8_t pad = 0;
    constexpr std::uint8_t end = 255;
    while (in.more()) {
        const std::uint8_t code = in.peek();
        if (code == end) return;
        if (code == pad) {
            in.skip(1);
            continue;
        }
        const std::size_t size = std::size_t{2} + in.peek(1);
        if (in.remaining() < size) return;
        in.group(f_option, option_name(code), size, [&](FieldReader& one) {
            one.u8(f_code, option_name(code));
            one.u8(f_length);
            visit_value(find_option(code), one);
        });
    }
}

void visit(const Packet& packet, const Layer& layer, FieldSink& sink) {
    FieldReader in(packet.bytes(layer), sink);
    constexpr std::array<std::string_view, 3> operations{"", "Request", "Reply"};
    in.u8(f_op, operations);
    in.u8(f_htype);
    const std::size_t size = in.u8(f_hlen);
    in.u8(f_hops);
    in.u32(f_xid);
    in.u16(f_secs);
    const unsigned flags = in.u16(f_flags);
    in.part(f_broadcast, flags >> 15U);
    for (const Field field : {f_ciaddr, f_yiaddr, f_siaddr, f_giaddr}) in.bytes(field, 4);
    // Fields of a fixed width, of which only the beginning is used.
    const auto head = [&](Field field, std::size_t width, auto used) {
        const std::size_t from = in.offset();
        const Bytes whole = in.take(width);
        // An empty name is no name.
        if (const std::size_t count = used(whole); count != 0) sink.bytes(field, whole.first(count), from);
    };
    head(f_chaddr, 16, [&](Bytes) { return std::min<std::size_t>(size, 16); });
    head(f_sname, 64, [](Bytes text) { return until_zero(text).size(); });
    head(f_file, 128, [](Bytes text) { return until_zero(text).size(); });
    if (in.u32(f_cookie) == magic) visit_options(in);
}

}  // namespace

const Dissector dhcp_dissector{Protocol::dhcp, "dhcp", "Dynamic Host Configuration Protocol", fields, step,
                               info,           visit};

}  // namespace fid::packet
