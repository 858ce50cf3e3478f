// SPDX-License-Identifier: MIT
// DHCPv6 (RFC 8415).
#include <algorithm>
#include <array>

#include "packet/naming/dns_name.h"
#include "packet/naming/family.h"
#include "packet/steps.h"

namespace fid::packet {
namespace {

enum Field : unsigned {
    f_type,
    f_xid,
    f_hops,
    f_link,
    f_peer,
    f_option,
    f_code,
    f_length,
    f_duid,
    f_duid_type,
    f_duid_mac,
    f_iaid,
    f_t1,
    f_t2,
    f_address,
    f_prefix,
    f_prefix_length,
    f_preferred,
    f_valid,
    f_requested,
    f_preference,
    f_elapsed,
    f_status,
    f_message,
    f_server,
    f_domain,
    f_text,
    f_value,
};

constexpr std::array fields{
    FieldInfo{"dhcp6.msgtype", FieldType::number, "Message type"},
    FieldInfo{"dhcp6.xid", FieldType::hex, "Transaction ID"},
    FieldInfo{"dhcp6.hopcount", FieldType::number, "Hop count"},
    FieldInfo{"dhcp6.linkaddr", FieldType::ipv6, "Link address"},
    FieldInfo{"dhcp6.peeraddr", FieldType::ipv6, "Peer address"},
    FieldInfo{"dhcp6.option", FieldType::group, "Option"},
    FieldInfo{"dhcp6.option.type", FieldType::number, "Code"},
    FieldInfo{"dhcp6.option.length", FieldType::number, "Length"},
    FieldInfo{"dhcp6.duid", FieldType::bytes, "DUID"},
    FieldInfo{"dhcp6.duid.type", FieldType::number, "DUID type"},
    FieldInfo{"dhcp6.duid.mac", FieldType::mac, "DUID link-layer address"},
    FieldInfo{"dhcp6.iaid", FieldType::hex, "IAID"},
    FieldInfo{"dhcp6.t1", FieldType::number, "T1"},
    FieldInfo{"dhcp6.t2", FieldType::number, "T2"},
    FieldInfo{"dhcp6.address", FieldType::ipv6, "Address"},
    FieldInfo{"dhcp6.prefix", FieldType::ipv6, "Prefix"},
    FieldInfo{"dhcp6.prefix.length", FieldType::number, "Prefix length"},
    FieldInfo{"dhcp6.preferred_lifetime", FieldType::number, "Preferred lifetime"},
    FieldInfo{"dhcp6.valid_lifetime", FieldType::number, "Valid lifetime"},
    FieldInfo{"dhcp6.requested_option", FieldType::number, "Requested option"},
    FieldInfo{"dhcp6.preference", FieldType::number, "Preference"},
    FieldInfo{"dhcp6.elapsed", FieldType::number, "Elapsed time (1/100 s)"},
    FieldInfo{"dhcp6.status", FieldType::number, "Status"},
    FieldInfo{"dhcp6.message", FieldType::text, "Status message"},
    FieldInfo{"dhcp6.server", FieldType::ipv6, "Server address"},
    FieldInfo{"dhcp6.domain", FieldType::text, "Domain"},
    FieldInfo{"dhcp6.option.text", FieldType::text, "Text"},
    FieldInfo{"dhcp6.option.value", FieldType::bytes, "Value"},
};

constexpr std::uint8_t relay_forward = 12, relay_reply = 13;
constexpr std::array<std::string_view, 24> messages{"",
                                                    "solicit",
                                                    "advertise",
                                                    "request",
                                                    "confirm",
                                                    "renew",
                                                    "rebind",
                                                    "reply",
                                                    "release",
                                                    "decline",
                                                    "reconf",
                                                    "inf-req",
                                                    "relay-fwd",
                                                    "relay-reply",
                                                    "leasequery",
                                                    "leasequery-reply",
                                                    "leasequery-done",
                                                    "leasequery-data",
                                                    "reconfigure-request",
                                                    "reconfigure-reply",
                                                    "dhcpv4-query",
                                                    "dhcpv4-response",
                                                    "activeleasequery",
                                                    "starttls"};

enum class Kind : std::uint8_t {
    bytes,
    duid,
    ia,
    ta,
    address,
    prefix,
    requests,
    preference,
    elapsed,
    relayed,
    status,
    servers,
    domains,
    text
};
struct Option {
    std::uint16_t code;
    std::string_view name;
    Kind kind = Kind::bytes;
};
constexpr std::array options{
    Option{1, "client-ID", Kind::duid},
    Option{2, "server-ID", Kind::duid},
    Option{3, "IA_NA", Kind::ia},
    Option{4, "IA_TA", Kind::ta},
    Option{5, "IA_ADDR", Kind::address},
    Option{6, "option-request", Kind::requests},
    Option{7, "preference", Kind::preference},
    Option{8, "elapsed-time", Kind::elapsed},
    Option{9, "relay-message", Kind::relayed},
    Option{11, "authentication"},
    Option{12, "server-unicast", Kind::servers},
    Option{13, "status-code", Kind::status},
    Option{14, "rapid-commit"},
    Option{15, "user-class"},
    Option{16, "vendor-class"},
    Option{17, "vendor-specific-info"},
    Option{18, "interface-ID"},
    Option{19, "reconfigure-message"},
    Option{20, "reconfigure-accept"},
    Option{21, "SIP-servers-domain", Kind::domains},
    Option{22, "SIP-servers-address", Kind::servers},
    Option{23, "DNS-server", Kind::servers},
    Option{24, "DNS-search-list", Kind::domains},
    Option{25, "IA_PD", Kind::ia},
    Option{26, "IA_PD-prefix", Kind::prefix},
    Option{27, "NIS-server", Kind::servers},
    Option{29, "NIS-domain-name", Kind::domains},
    Option{31, "SNTP-servers", Kind::servers},
    Option{32, "lifetime"},
    Option{37, "remote-ID"},
    Option{38, "subscriber-ID"},
    Option{39, "Client-FQDN"},
    Option{56, "NTP-server"},
    Option{59, "Bootfile-URL", Kind::text},
    Option{60, "Bootfile-Param"},
    Option{61, "client-arch-type"},
    Option{62, "NII"},
    Option{64, "AFTR-Name", Kind::domains},
    Option{79, "client-link-layer-address"},
    Option{103, "captive-portal", Kind::text},
    Option{112, "Manufacturer-usage-description", Kind::text},
};
const Option* find_option(std::uint16_t code) {
    const auto* const found = std::ranges::lower_bound(options, code, {}, &Option::code);
    return found != options.end() && found->code == code ? found : nullptr;
}
std::string_view option_name(std::uint16_t code) {
    const Option* found = find_option(code);
    return found == nullptr ? std::string_view{} : found->name;
}

Step step(Bytes bytes, Packet& packet, std::size_t) {
    Step out{.header = bytes.size()};
    if (bytes.empty() || bytes[0] == 0 || bytes[0] >= messages.size()) return {.refused = true};
    const bool relay = bytes[0] == relay_forward || bytes[0] == relay_reply;
    if (bytes.size() < (relay ? 34U : 4U)) {
        (was_cut(packet) ? out.truncated : out.malformed) = true;
    }
    return out;
}

void info(const Packet& packet, const Layer& layer, Text& out) {
    const Bytes bytes = packet.bytes(layer);
    out.put("dhcp6 ");
    if (!bytes.empty() && bytes[0] < messages.size()) out.put(messages[bytes[0]]);
}

class Visitor {
  public:
    explicit Visitor(FieldSink& sink) : sink_(sink) {}

    void message(Bytes bytes, std::size_t base) {
        Cursor at(bytes);
        const unsigned type = at.u8();
        if (!at.ok()) return;
        sink_.number(f_type, type, base, 1, type < messages.size() ? messages[type] : "");
        if (type == relay_forward || type == relay_reply) {
            const unsigned hops = at.u8();
            const Bytes link = at.take(16);
            const Bytes peer = at.take(16);
            if (!at.ok()) return;
            sink_.number(f_hops, hops, base + 1, 1);
            sink_.bytes(f_link, link, base + 2);
            sink_.bytes(f_peer, peer, base + 18);
        } else {
            const std::uint32_t id = at.u24();
            if (!at.ok()) return;
            sink_.number(f_xid, id, base + 1, 3);
        }
        walk(at.rest(), base + at.offset());
    }

  private:
    void walk(Bytes bytes, std::size_t base) {
        // RFC 8415 section 7.6 allows 8 relays; an IA and its address add two more levels.
        constexpr unsigned max_depth = 20;
        if (++depth_ > max_depth) {
            --depth_;
            return;
        }
        Cursor at(bytes);
        while (at.ok() && at.remaining() != 0) {
            const std::size_t from = base + at.offset();
            const std::uint16_t code = at.u16();
            const std::size_t length = at.u16();
            const Bytes value = at.take(length);
            if (!at.ok()) break;
            const Option* option = find_option(code);
            sink_.open(f_option, option_name(code), from, length + 4);
            sink_.number(f_code, code, from, 2, option_name(code));
            sink_.number(f_length, length, from + 2, 2);
            if (!value.empty()) this->value(option == nullptr ? Kind::bytes : option->kind, value, from + 4);
            sink_.close();
        }
        --depth_;
    }

    void value(Kind kind, Bytes value, std::size_t base) {
        Cursor at(value);
        const auto number = [&](Field field, std::uint64_t n, std::size_t size, std::string_view meaning = {}) {
            if (at.ok()) sink_.number(field, n, base + at.offset() - size, size, meaning);
        };
        const auto bytes = [&](Field field, Bytes taken) {
            if (at.ok()) sink_.bytes(field, taken, base + at.offset() - taken.size());
        };
        switch (kind) {
            case Kind::bytes:
                return bytes(f_value, at.take(value.size()));
            case Kind::text:
                return bytes(f_text, at.take(value.size()));
            case Kind::duid:
                return duid(value, base);
            case Kind::ia:
            case Kind::ta:
                number(f_iaid, at.u32(), 4);
                if (kind == Kind::ia) {
                    number(f_t1, at.u32(), 4);
                    number(f_t2, at.u32(), 4);
                }
                break;
            case Kind::address:
                bytes(f_address, at.take(16));
                number(f_preferred, at.u32(), 4);
                number(f_valid, at.u32(), 4);
                break;
            case Kind::prefix:
                number(f_preferred, at.u32(), 4);
                number(f_valid, at.u32(), 4);
                number(f_prefix_length, at.u8(), 1);
                bytes(f_prefix, at.take(16));
                break;
            case Kind::requests:
                while (at.ok() && at.remaining() != 0) {
                    const std::uint16_t code = at.u16();
                    number(f_requested, code, 2, option_name(code));
                }
                return;
            case Kind::preference:
                return number(f_preference, at.u8(), 1);
            case Kind::elapsed:
                return number(f_elapsed, at.u16(), 2);
            case Kind::relayed:
                return relayed(value, base);
            case Kind::status:
                return status(value, base);
            case Kind::servers:
                while (at.ok() && at.remaining() != 0) bytes(f_server, at.take(16));
                return;
            case Kind::domains:
                while (at.ok() && at.remaining() != 0) {
                    const std::size_t from = at.offset();
                    // RFC 8415 section 10: never compressed; a pointer could only lead back into this option.
                    const DnsName name(at, value);
                    if (at.ok()) sink_.text(f_domain, name.text(), base + from, at.offset() - from);
                }
                return;
        }
        if (at.ok()) walk(at.rest(), base + at.offset());
    }

    void relayed(Bytes value, std::size_t base) {
        constexpr unsigned max_relays = 8;
        if (relays_ == max_relays) return;
        ++relays_;
        message(value, base);
        --relays_;
    }

    void status(Bytes value, std::size_t base) {
        static constexpr std::array<std::string_view, 7> words{"Success",   "UnspecFail",   "NoAddrsAvail", "NoBinding",
                                                               "NotOnLink", "UseMulticast", "NoPrefixAvail"};
        Cursor at(value);
        const unsigned code = at.u16();
        if (!at.ok()) return;
        sink_.number(f_status, code, base, 2, code < words.size() ? words[code] : "");
        if (at.remaining() != 0) sink_.bytes(f_message, at.rest(), base + 2);
    }

    /// RFC 8415 section 11.
    void duid(Bytes value, std::size_t base) {
        static constexpr std::array<std::string_view, 5> words{"", "link-layer address plus time", "enterprise number",
                                                               "link-layer address", "UUID"};
        sink_.bytes(f_duid, value, base);
        Cursor at(value);
        const unsigned type = at.u16();
        if (!at.ok()) return;
        sink_.number(f_duid_type, type, base, 2, type < words.size() ? words[type] : "");
        const std::size_t before = type == 1 ? 8 : 4;
        if ((type == 1 || type == 3) && value.size() > before)
            sink_.bytes(f_duid_mac, value.subspan(before), base + before);
    }

    FieldSink& sink_;
    unsigned depth_ = 0;
    unsigned relays_ = 0;
};

void visit(const Packet& packet, const Layer& layer, FieldSink& sink) { Visitor(sink).message(packet.bytes(layer), 0); }

}  // namespace

const Dissector dhcp6_dissector{Protocol::dhcp6, "dhcp6", "DHCP for IPv6", fields, step, info, visit};

}  // namespace fid::packet
