// SPDX-License-Identifier: MIT
// A dissected packet: a short list of layers over the captured bytes. Dissecting only finds the layers and the
// outermost addresses and ports; fields and texts are produced on demand by each layer's Dissector
// (packet/dissector.h).
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "address/address.h"
#include "report/text.h"

namespace fid::packet {

/// Every protocol fid knows. The names users type are in the dissectors.
enum class Protocol : std::uint8_t {
    none,
    data,
    // link
    ethernet,
    llc,
    snap,
    vlan,
    sll,
    sll2,
    null,
    raw,
    ppp,
    pppoe,
    chdlc,
    frelay,
    mpls,
    stp,
    lldp,
    cdp,
    radiotap,
    ieee80211,
    eapol,
    arp,
    lacp,
    // network and tunnels
    ip,
    ip6,
    ip6_hop,
    ip6_route,
    ip6_fragment,
    ip6_destination,
    ah,
    esp,
    gre,
    vxlan,
    geneve,
    gtp,
    l2tp,
    etherip,
    icmp,
    icmp6,
    igmp,
    ospf,
    vrrp,
    pim,
    eigrp,
    isis,
    hsrp,
    bfd,
    // transport
    tcp,
    udp,
    sctp,
    dccp,
    // applications over UDP (mostly)
    dns,
    mdns,
    llmnr,
    nbns,
    dhcp,
    dhcp6,
    ntp,
    tftp,
    snmp,
    radius,
    sip,
    rtp,
    rtcp,
    quic,
    syslog,
    wireguard,
    isakmp,
    stun,
    ssdp,
    coap,
    rip,
    netflow,
    // applications over TCP (mostly)
    bgp,
    ldp,
    tls,
    http,
    http2,
    websocket,
    ssh,
    ftp,
    smtp,
    pop,
    imap,
    telnet,
    mysql,
    pgsql,
    redis,
    rtsp,
    smb,
    mqtt,
    ldap,
    kerberos,
    irc,
    modbus,
    dnp3,
    bittorrent,
    rdp,
    vnc,
    memcached,
    socks,
    count_,
};

struct Layer {
    Protocol protocol = Protocol::none;
    bool malformed = false;    ///< its own bytes contradict the protocol (not: cut short by the snap length)
    bool truncated = false;    ///< the capture ends before the layer's header does
    std::uint32_t offset = 0;  ///< of its first byte in the packet
    std::uint32_t header = 0;  ///< its own bytes
    std::uint32_t length =
        0;  ///< header and payload, as bounded by the layer's own length field and the captured bytes
};

/// Nesting limit: deeper packets end in a data layer.
inline constexpr std::size_t max_layers = 24;

class Packet {
  public:
    Bytes data;  ///< captured
    std::uint32_t wire_length = 0;
    std::uint16_t link_type = 0;

    [[nodiscard]] std::span<const Layer> layers() const { return {layers_.data(), count_}; }
    [[nodiscard]] const Layer* find(Protocol protocol) const;  ///< the outermost layer of that protocol
    [[nodiscard]] bool has(Protocol protocol) const { return find(protocol) != nullptr; }
    [[nodiscard]] Bytes bytes(const Layer& layer) const { return data.subspan(layer.offset, layer.length); }
    [[nodiscard]] Bytes header(const Layer& layer) const { return data.subspan(layer.offset, layer.header); }
    [[nodiscard]] Bytes payload(const Layer& layer) const {
        return data.subspan(layer.offset + layer.header, layer.length - layer.header);
    }
    /// Position of a layer of this packet in layers().
    [[nodiscard]] std::size_t index(const Layer& layer) const {
        return static_cast<std::size_t>(&layer - layers_.data());
    }
    /// The layer just outside / inside `layer`, or null.
    [[nodiscard]] const Layer* outer(const Layer& layer) const { return index(layer) == 0 ? nullptr : &layer - 1; }
    [[nodiscard]] const Layer* inner(const Layer& layer) const {
        return index(layer) + 1 < count_ ? &layer + 1 : nullptr;
    }
    /// The highest decoded protocol (never none; data only if nothing else was decoded).
    [[nodiscard]] Protocol highest() const;

    /// The outermost IP addresses and ports; set by the first dissector that knows them.
    bool has_addresses = false;
    bool has_ports = false;
    Family family = Family::v4;
    std::uint16_t source_port = 0, destination_port = 0;
    std::uint32_t source_offset = 0, destination_offset = 0;  ///< of the address bytes (4 or 16) in data
    [[nodiscard]] Address source() const;
    [[nodiscard]] Address destination() const;

    /// State of the innermost enclosing layers while dissecting, for the dissectors inside them.
    std::uint16_t inner_source_port = 0, inner_destination_port = 0;
    bool fragment = false;  ///< inside an IP fragment with offset > 0 or more fragments: payload is shown as data

    /// Set by the caller before texts are asked for: subtracted from TCP sequence and acknowledgement numbers (0 =
    /// absolute).
    std::uint32_t sequence_base = 0, acknowledgement_base = 0;
    /// How much the texts tell: 0 is the one line, 1 to 3 are tcpdump's -v to -vvv, whose texts may go on over further
    /// lines. Set by the caller once, kept from packet to packet.
    std::uint8_t verbosity = 0;
    bool quoted = false;  ///< not captured: another packet tells of it

    void clear(Bytes bytes, std::uint32_t wire, std::uint16_t link);
    bool add(const Layer& layer);  ///< false where max_layers is reached
    Layer& last() { return layers_[count_ - 1]; }

    /// Where dissecting goes on: the protocol of the bytes that no layer has yet, none where it is over.
    Protocol pending = Protocol::none;
    std::uint32_t pending_offset = 0, pending_length = 0;

  private:
    std::array<Layer, max_layers> layers_;
    std::size_t count_ = 0;
};

/// Finds the layers of a packet captured on a link type (LINKTYPE_ value). Never fails: what is not known is a data
/// layer.
void dissect(Packet& packet, Bytes data, std::uint32_t wire_length, std::uint16_t link_type);
/// The same in two steps, for who may not want the packet: first all but an application's layers, which is all that
/// hosts and ports are in, then those.
void dissect_to_ports(Packet& packet, Bytes data, std::uint32_t wire_length, std::uint16_t link_type);
void dissect_applications(Packet& packet);
/// Nothing but its own data stands within an application's layer.
[[nodiscard]] constexpr bool is_application(Protocol protocol) {
    return protocol >= Protocol::dns && protocol < Protocol::count_;
}
/// The same for bytes that begin with a given protocol, whatever they were captured on.
void dissect_as(Packet& packet, Bytes data, std::uint32_t wire_length, Protocol first);

}  // namespace fid::packet
