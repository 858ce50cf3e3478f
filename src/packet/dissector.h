// SPDX-License-Identifier: MIT
// What a protocol is to fid: a Dissector value. Each family exports a span of them; packet/registry.cc lists the
// families.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "packet/cursor.h"
#include "packet/packet.h"
#include "report/text.h"

namespace fid::packet {

enum class FieldType : std::uint8_t {
    flag,    ///< 0 or 1
    number,  ///< decimal
    hex,     ///< number shown as 0x...
    text,    ///< bytes of text from the wire, or a text computed here
    bytes,   ///< opaque
    mac,
    ipv4,
    ipv6,   ///< 6 (or other), 4 and 16 bytes
    group,  ///< a heading with fields below it (an option, a question, a TLV)
};

/// One field of a protocol. `name` is the full dotted name in lower case, as filters and --fields use it: "tcp.dport".
struct FieldInfo {
    std::string_view name;
    FieldType type;
    std::string_view title;  ///< for the tree: "Destination port"
};

/// One field's value in one packet. Views live until the sink's call returns.
struct FieldValue {
    std::uint64_t number = 0;  ///< flag, number, hex
    Bytes bytes;               ///< text, bytes, mac, ipv4, ipv6
    std::string_view meaning;  ///< optional: "SYN, ACK", "https", shown behind the value in the tree
};

/// Receives fields in wire order. `field` is the index into the dissector's `fields`; offset and length are the bytes
/// the field stands in, relative to the layer (0,0 where it was computed).
class FieldSink {
  public:
    virtual ~FieldSink() = default;
    virtual void put(unsigned field, const FieldValue& value, std::size_t offset, std::size_t length) = 0;
    /// Opens a group under a field of type group; `text` is its one-line summary. Closed by close().
    virtual void open(unsigned field, std::string_view text, std::size_t offset, std::size_t length) = 0;
    virtual void close() = 0;

    void number(unsigned field, std::uint64_t value, std::size_t offset, std::size_t length,
                std::string_view meaning = {}) {
        put(field, {.number = value, .bytes = {}, .meaning = meaning}, offset, length);
    }
    void bytes(unsigned field, Bytes value, std::size_t offset, std::string_view meaning = {}) {
        put(field, {.number = 0, .bytes = value, .meaning = meaning}, offset, value.size());
    }
    /// A text that was computed (a decoded name, a JA3 hash).
    void text(unsigned field, std::string_view value, std::size_t offset, std::size_t length) {
        put(field, {.number = 0, .bytes = as_bytes(value), .meaning = {}}, offset, length);
    }
};

/// What a dissector found out about its layer.
struct Step {
    std::size_t header = 0;  ///< its own bytes; may be all of them
    std::size_t payload =
        static_cast<std::size_t>(-1);  ///< bytes behind the header that belong to it; the rest is padding
    Protocol next = Protocol::none;    ///< who reads the payload; data = shown as data, none = nothing follows
    bool malformed = false;
    bool truncated = false;
    bool refused = false;  ///< "not my protocol after all": the layer becomes data
};

struct Dissector {
    Protocol protocol;
    std::string_view name;   ///< lower case, as filters use it: "tcp"
    std::string_view title;  ///< "Transmission Control Protocol"
    std::span<const FieldInfo> fields;
    /// Called for every packet with the layer's bytes (bounded by the outer layers): cheap, no text, no allocation.
    /// May set the packet's addresses, ports and state. Must make no claim about bytes it has not seen.
    Step (*step)(Bytes bytes, Packet& packet, std::size_t offset);
    /// Appends the layer's part of the listing, in tcpdump's words; may append nothing. The layers' parts are joined
    /// with
    /// ": " (packet/line.h), or with nothing where a part ends in a blank or a line break.
    /// With packet.verbosity 0 it is one line, and that is the case to keep fast. From 1 on it tells what tcpdump's -v
    /// tells, some of it in the line's middle: further lines begin with "\n\t". packet/verbose.h has the common pieces.
    /// Bytes from the wire go through Text::escaped. Credentials are never shown here, whatever the verbosity: a
    /// password, a community, an authorization is "***" (packet::masked). `visit` reports what is on the wire.
    void (*info)(const Packet& packet, const Layer& layer, Text& out);
    /// Reports every field, in wire order.
    void (*visit)(const Packet& packet, const Layer& layer, FieldSink& sink);
    /// Whose messages these are, where not its own: mDNS speaks DNS's. The field tables are the same but for the
    /// prefix, and the other protocol's field names reach these fields too ("dns.name" an mDNS packet's).
    Protocol speaks = Protocol::none;
};

/// Never null: unknown ones get the data dissector.
[[nodiscard]] const Dissector& dissector(Protocol protocol);
/// By name or alias ("ip6", "ipv6"); null where there is none.
[[nodiscard]] const Dissector* find_dissector(std::string_view name);
[[nodiscard]] std::span<const Dissector* const> all_dissectors();

/// A field by its name or a peer's name for it ("tcp.dstport" is "tcp.dport").
struct FieldRef {
    const Dissector* dissector = nullptr;
    unsigned field = 0;
};
[[nodiscard]] FieldRef find_field(std::string_view name);
/// Every field that the name stands for: find_field()'s, and that of each protocol which has it under the same name or
/// speaks the same messages. Empty where there is none.
[[nodiscard]] std::vector<FieldRef> find_fields(std::string_view name);

/// Who speaks on these ports / in this payload? data where nobody is recognised. Signatures in the payload win over
/// ports.
[[nodiscard]] Protocol tcp_application(const Packet& packet, Bytes payload);
[[nodiscard]] Protocol udp_application(const Packet& packet, Bytes payload);
/// By EtherType, IP protocol number, PPP protocol number; data where unknown.
[[nodiscard]] Protocol by_ethertype(std::uint16_t ethertype);
[[nodiscard]] Protocol by_ip_protocol(std::uint8_t number);
[[nodiscard]] Protocol by_ppp_protocol(std::uint16_t number);
[[nodiscard]] Protocol by_link_type(std::uint16_t link_type, Bytes data);

/// The families (packet/<family>/*.cc).
[[nodiscard]] std::span<const Dissector* const> link_dissectors();
[[nodiscard]] std::span<const Dissector* const> network_dissectors();
[[nodiscard]] std::span<const Dissector* const> routing_dissectors();
[[nodiscard]] std::span<const Dissector* const> transport_dissectors();
[[nodiscard]] std::span<const Dissector* const> naming_dissectors();    // dns mdns llmnr nbns dhcp dhcp6
[[nodiscard]] std::span<const Dissector* const> datagram_dissectors();  // ntp tftp snmp radius sip rtp ...
[[nodiscard]] std::span<const Dissector* const> secure_dissectors();    // tls quic ssh wireguard isakmp
[[nodiscard]] std::span<const Dissector* const> stream_dissectors();    // http ftp smtp ...

}  // namespace fid::packet
