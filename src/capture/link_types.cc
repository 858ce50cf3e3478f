// SPDX-License-Identifier: MIT
// Names of the link types (tcpdump.org/linktypes.html).
#include <algorithm>
#include <array>

#include "capture/reader.h"

namespace fid::capture {
namespace {

struct LinkType {
    std::uint16_t number;
    std::string_view name, title;
};

// Ascending: it is searched.
constexpr std::array link_types{
    LinkType{0, "NULL", "BSD loopback"},
    LinkType{1, "EN10MB", "Ethernet"},
    LinkType{3, "AX25", "AX.25"},
    LinkType{6, "IEEE802", "Token Ring"},
    LinkType{7, "ARCNET", "ARCNET"},
    LinkType{8, "SLIP", "SLIP"},
    LinkType{9, "PPP", "PPP"},
    LinkType{10, "FDDI", "FDDI"},
    LinkType{50, "PPP_SERIAL", "PPP in HDLC framing"},
    LinkType{51, "PPP_ETHER", "PPPoE session"},
    LinkType{100, "ATM_RFC1483", "LLC over ATM"},
    LinkType{101, "RAW", "Raw IP"},
    LinkType{104, "C_HDLC", "Cisco HDLC"},
    LinkType{105, "IEEE802_11", "IEEE 802.11"},
    LinkType{107, "FRELAY", "Frame Relay"},
    LinkType{108, "LOOP", "OpenBSD loopback"},
    LinkType{113, "LINUX_SLL", "Linux cooked v1"},
    LinkType{114, "LTALK", "LocalTalk"},
    LinkType{117, "PFLOG", "OpenBSD pflog"},
    LinkType{119, "IEEE802_11_PRISM", "IEEE 802.11 with Prism header"},
    LinkType{122, "IP_OVER_FC", "IP over Fibre Channel"},
    LinkType{123, "SUNATM", "SunATM"},
    LinkType{127, "IEEE802_11_RADIO", "IEEE 802.11 with radiotap header"},
    LinkType{129, "ARCNET_LINUX", "Linux ARCNET"},
    LinkType{138, "APPLE_IP_OVER_IEEE1394", "IP over FireWire"},
    LinkType{139, "MTP2_WITH_PHDR", "MTP2 with pseudo-header"},
    LinkType{140, "MTP2", "MTP2"},
    LinkType{141, "MTP3", "MTP3"},
    LinkType{142, "SCCP", "SCCP"},
    LinkType{143, "DOCSIS", "DOCSIS"},
    LinkType{144, "LINUX_IRDA", "Linux IrDA"},
    LinkType{147, "USER0", "User 0"},
    LinkType{148, "USER1", "User 1"},
    LinkType{149, "USER2", "User 2"},
    LinkType{150, "USER3", "User 3"},
    LinkType{151, "USER4", "User 4"},
    LinkType{152, "USER5", "User 5"},
    LinkType{153, "USER6", "User 6"},
    LinkType{154, "USER7", "User 7"},
    LinkType{155, "USER8", "User 8"},
    LinkType{156, "USER9", "User 9"},
    LinkType{157, "USER10", "User 10"},
    LinkType{158, "USER11", "User 11"},
    LinkType{159, "USER12", "User 12"},
    LinkType{160, "USER13", "User 13"},
    LinkType{161, "USER14", "User 14"},
    LinkType{162, "USER15", "User 15"},
    LinkType{163, "IEEE802_11_RADIO_AVS", "IEEE 802.11 with AVS header"},
    LinkType{165, "BACNET_MS_TP", "BACnet MS/TP"},
    LinkType{166, "PPP_PPPD", "PPP with direction (pppd)"},
    LinkType{169, "GPRS_LLC", "GPRS LLC"},
    LinkType{177, "LINUX_LAPD", "Linux LAPD"},
    LinkType{182, "MFR", "Multilink Frame Relay"},
    LinkType{187, "BLUETOOTH_HCI_H4", "Bluetooth HCI"},
    LinkType{189, "USB_LINUX", "USB, Linux header"},
    LinkType{192, "PPI", "Per-Packet Information"},
    LinkType{195, "IEEE802_15_4_WITHFCS", "IEEE 802.15.4"},
    LinkType{196, "SITA", "SITA"},
    LinkType{197, "ERF", "Endace ERF"},
    LinkType{201, "BLUETOOTH_HCI_H4_WITH_PHDR", "Bluetooth HCI with direction"},
    LinkType{202, "AX25_KISS", "AX.25 with KISS header"},
    LinkType{203, "LAPD", "LAPD"},
    LinkType{204, "PPP_WITH_DIR", "PPP with direction"},
    LinkType{205, "C_HDLC_WITH_DIR", "Cisco HDLC with direction"},
    LinkType{206, "FRELAY_WITH_DIR", "Frame Relay with direction"},
    LinkType{209, "IPMB_LINUX", "IPMB, Linux header"},
    LinkType{212, "LIN", "LIN bus"},
    LinkType{215, "IEEE802_15_4_NONASK_PHY", "IEEE 802.15.4 non-ASK PHY"},
    LinkType{220, "USB_LINUX_MMAPPED", "USB, Linux padded header"},
    LinkType{224, "FC_2", "Fibre Channel FC-2"},
    LinkType{225, "FC_2_WITH_FRAME_DELIMS", "Fibre Channel FC-2 with delimiters"},
    LinkType{226, "IPNET", "Solaris ipnet"},
    LinkType{227, "CAN_SOCKETCAN", "SocketCAN"},
    LinkType{228, "IPV4", "Raw IPv4"},
    LinkType{229, "IPV6", "Raw IPv6"},
    LinkType{230, "IEEE802_15_4_NOFCS", "IEEE 802.15.4 without FCS"},
    LinkType{231, "DBUS", "D-Bus"},
    LinkType{235, "DVB_CI", "DVB-CI"},
    LinkType{236, "MUX27010", "3GPP TS 27.010"},
    LinkType{237, "STANAG_5066_D_PDU", "STANAG 5066 D_PDU"},
    LinkType{239, "NFLOG", "Linux netfilter log"},
    LinkType{240, "NETANALYZER", "netANALYZER"},
    LinkType{241, "NETANALYZER_TRANSPARENT", "netANALYZER with preamble"},
    LinkType{242, "IPOIB", "IP over InfiniBand"},
    LinkType{243, "MPEG_2_TS", "MPEG-2 transport stream"},
    LinkType{244, "NG40", "NG40"},
    LinkType{245, "NFC_LLCP", "NFC LLCP"},
    LinkType{247, "INFINIBAND", "InfiniBand"},
    LinkType{248, "SCTP", "SCTP"},
    LinkType{249, "USBPCAP", "USBPcap"},
    LinkType{250, "RTAC_SERIAL", "RTAC serial"},
    LinkType{251, "BLUETOOTH_LE_LL", "Bluetooth LE link layer"},
    LinkType{252, "WIRESHARK_UPPER_PDU", "Wireshark upper PDU"},
    LinkType{253, "NETLINK", "Linux netlink"},
    LinkType{254, "BLUETOOTH_LINUX_MONITOR", "Bluetooth Linux monitor"},
    LinkType{255, "BLUETOOTH_BREDR_BB", "Bluetooth BR/EDR baseband"},
    LinkType{256, "BLUETOOTH_LE_LL_WITH_PHDR", "Bluetooth LE with pseudo-header"},
    LinkType{257, "PROFIBUS_DL", "PROFIBUS"},
    LinkType{258, "PKTAP", "Apple PKTAP"},
    LinkType{259, "EPON", "Ethernet with EPON preamble"},
    LinkType{260, "IPMI_HPM_2", "IPMI HPM.2"},
    LinkType{261, "ZWAVE_R1_R2", "Z-Wave R1/R2"},
    LinkType{262, "ZWAVE_R3", "Z-Wave R3"},
    LinkType{263, "WATTSTOPPER_DLM", "WattStopper DLM"},
    LinkType{264, "ISO_14443", "ISO 14443"},
    LinkType{265, "RDS", "IEC 62106 RDS"},
    LinkType{266, "USB_DARWIN", "USB, Darwin header"},
    LinkType{268, "SDLC", "SDLC"},
    LinkType{270, "LORATAP", "LoRaTap"},
    LinkType{271, "VSOCK", "Linux vsock"},
    LinkType{272, "NORDIC_BLE", "Nordic BLE sniffer"},
    LinkType{273, "DOCSIS31_XRA31", "DOCSIS 3.1 XRA-31"},
    LinkType{274, "ETHERNET_MPACKET", "Ethernet mPackets"},
    LinkType{275, "DISPLAYPORT_AUX", "DisplayPort AUX"},
    LinkType{276, "LINUX_SLL2", "Linux cooked v2"},
    LinkType{277, "SERCOS_MONITOR", "Sercos monitor"},
    LinkType{278, "OPENVIZSLA", "OpenVizsla USB"},
    LinkType{279, "EBHSCR", "Elektrobit EBHSCR"},
    LinkType{280, "VPP_DISPATCH", "VPP dispatch trace"},
    LinkType{281, "DSA_TAG_BRCM", "Broadcom switch tag"},
    LinkType{282, "DSA_TAG_BRCM_PREPEND", "Broadcom prepended switch tag"},
    LinkType{283, "IEEE802_15_4_TAP", "IEEE 802.15.4 TAP"},
    LinkType{284, "DSA_TAG_DSA", "Marvell switch tag"},
    LinkType{285, "DSA_TAG_EDSA", "Marvell EtherType switch tag"},
    LinkType{286, "ELEE", "ELEE lawful intercept"},
    LinkType{287, "Z_WAVE_SERIAL", "Z-Wave serial"},
    LinkType{288, "USB_2_0", "USB 2.0"},
    LinkType{289, "ATSC_ALP", "ATSC link-layer"},
    LinkType{290, "ETW", "Event Tracing for Windows"},
    LinkType{292, "ZBOSS_NCP", "ZBOSS NCP"},
    LinkType{293, "USB_2_0_LOW_SPEED", "USB 2.0 low speed"},
    LinkType{294, "USB_2_0_FULL_SPEED", "USB 2.0 full speed"},
    LinkType{295, "USB_2_0_HIGH_SPEED", "USB 2.0 high speed"},
    LinkType{296, "AUERSWALD_LOG", "Auerswald log"},
    LinkType{297, "ZWAVE_TAP", "Z-Wave TAP"},
    LinkType{298, "SILABS_DEBUG_CHANNEL", "Silicon Labs debug channel"},
    LinkType{299, "FIRA_UCI", "FiRa UWB controller"},
};
static_assert(std::ranges::is_sorted(link_types, {}, &LinkType::number));

const LinkType* find(std::uint16_t number) {
    const auto* found = std::ranges::lower_bound(link_types, number, {}, &LinkType::number);
    return found != link_types.end() && found->number == number ? found : nullptr;
}

}  // namespace

std::string_view link_type_name(std::uint16_t link_type) {
    const LinkType* found = find(link_type);
    return found == nullptr ? "unknown" : found->name;
}

std::string_view link_type_title(std::uint16_t link_type) {
    const LinkType* found = find(link_type);
    return found == nullptr ? "unknown" : found->title;
}

}  // namespace fid::capture
