// SPDX-License-Identifier: MIT
// IEEE 802.11 frames: management, control and data; data that is not encrypted leads on to LLC.
#include <array>

#include "packet/field_reader.h"
#include "packet/link/dissectors.h"
#include "packet/put.h"
#include "packet/steps.h"

namespace fid::packet {
namespace {

constexpr std::array<Named, 14> management_names{{{0, "Assoc Request"},
                                                  {1, "Assoc Response"},
                                                  {2, "ReAssoc Request"},
                                                  {3, "ReAssoc Response"},
                                                  {4, "Probe Request"},
                                                  {5, "Probe Response"},
                                                  {6, "Timing Advertisement"},
                                                  {8, "Beacon"},
                                                  {9, "ATIM"},
                                                  {10, "Disassociation"},
                                                  {11, "Authentication"},
                                                  {12, "DeAuthentication"},
                                                  {13, "Action"},
                                                  {14, "Action No Ack"}}};
constexpr std::array<Named, 9> control_names{{{7, "Control Wrapper"},
                                              {8, "BAR"},
                                              {9, "BA"},
                                              {10, "Power Save-Poll"},
                                              {11, "Request-To-Send"},
                                              {12, "Clear-To-Send"},
                                              {13, "Acknowledgment"},
                                              {14, "CF-End"},
                                              {15, "CF-End+CF-Ack"}}};
constexpr std::array<Named, 15> data_names{{{0, "Data"},
                                            {1, "Data+CF-Ack"},
                                            {2, "Data+CF-Poll"},
                                            {3, "Data+CF-Ack+CF-Poll"},
                                            {4, "Null"},
                                            {5, "CF-Ack"},
                                            {6, "CF-Poll"},
                                            {7, "CF-Ack+CF-Poll"},
                                            {8, "QoS Data"},
                                            {9, "QoS Data+CF-Ack"},
                                            {10, "QoS Data+CF-Poll"},
                                            {11, "QoS Data+CF-Ack+CF-Poll"},
                                            {12, "QoS Null"},
                                            {14, "QoS CF-Poll"},
                                            {15, "QoS CF-Ack+CF-Poll"}}};
constexpr std::array<Named, 4> frame_types{{{0, "Management"}, {1, "Control"}, {2, "Data"}, {3, "Extension"}}};
constexpr std::array<Named, 8> flag_names{{{0x01, "To DS"},
                                           {0x02, "From DS"},
                                           {0x04, "More fragments"},
                                           {0x08, "Retry"},
                                           {0x10, "Power management"},
                                           {0x20, "More data"},
                                           {0x40, "Protected"},
                                           {0x80, "Order"}}};
constexpr std::array<Named, 12> element_names{{{0, "SSID"},
                                               {1, "Supported rates"},
                                               {3, "DS parameter set"},
                                               {5, "TIM"},
                                               {7, "Country"},
                                               {11, "BSS load"},
                                               {42, "ERP"},
                                               {45, "HT capabilities"},
                                               {48, "RSN"},
                                               {50, "Extended rates"},
                                               {61, "HT operation"},
                                               {221, "Vendor specific"}}};
constexpr std::array<Named, 11> reasons{
    {{1, "Unspecified reason"},
     {2, "Previous authentication no longer valid"},
     {3, "Deauthenticated because sending STA is leaving (or has left) IBSS or ESS"},
     {4, "Disassociated due to inactivity"},
     {5, "Disassociated because AP is unable to handle all  currently associated stations"},
     {6, "Class 2 frame received from nonauthenticated STA"},
     {7, "Class 3 frame received from nonassociated STA"},
     {8, "Disassociated because sending STA is leaving (or has left) BSS"},
     {14, "MIC failure"},
     {15, "4-Way Handshake timeout"},
     {23, "IEEE 802.1X authentication failed"}}};
constexpr std::array<Named, 4> algorithms{
    {{0, "Open System"}, {1, "Shared Key"}, {2, "Fast BSS Transition"}, {3, "SAE"}}};

enum Field : unsigned {
    type,
    subtype,
    flags,
    duration,
    receiver,
    transmitter,
    third,
    fragment,
    sequence,
    fourth,
    qos,
    ht_control,
    timestamp,
    interval,
    capability,
    listen,
    current_ap,
    status,
    association,
    algorithm,
    transaction,
    reason,
    element,
    element_id,
    element_length,
    ssid,
    channel,
    value
};
constexpr std::array ieee80211_fields{
    FieldInfo{"ieee80211.fc.type", FieldType::number, "Type"},
    FieldInfo{"ieee80211.fc.subtype", FieldType::number, "Subtype"},
    FieldInfo{"ieee80211.flags", FieldType::hex, "Flags"},
    FieldInfo{"ieee80211.duration", FieldType::number, "Duration (us)"},
    FieldInfo{"ieee80211.ra", FieldType::mac, "Receiver"},
    FieldInfo{"ieee80211.ta", FieldType::mac, "Transmitter"},
    FieldInfo{"ieee80211.addr3", FieldType::mac, "Address 3"},
    FieldInfo{"ieee80211.frag", FieldType::number, "Fragment"},
    FieldInfo{"ieee80211.seq", FieldType::number, "Sequence"},
    FieldInfo{"ieee80211.addr4", FieldType::mac, "Address 4"},
    FieldInfo{"ieee80211.qos", FieldType::hex, "QoS control"},
    FieldInfo{"ieee80211.htc", FieldType::hex, "HT control"},
    FieldInfo{"ieee80211.fixed.timestamp", FieldType::number, "Timestamp (us)"},
    FieldInfo{"ieee80211.fixed.beacon", FieldType::number, "Beacon interval (1024 us)"},
    FieldInfo{"ieee80211.fixed.capabilities", FieldType::hex, "Capabilities"},
    FieldInfo{"ieee80211.fixed.listen_ival", FieldType::number, "Listen interval"},
    FieldInfo{"ieee80211.fixed.current_ap", FieldType::mac, "Current access point"},
    FieldInfo{"ieee80211.fixed.status_code", FieldType::number, "Status"},
    FieldInfo{"ieee80211.fixed.aid", FieldType::hex, "Association ID"},
    FieldInfo{"ieee80211.fixed.auth.alg", FieldType::number, "Authentication algorithm"},
    FieldInfo{"ieee80211.fixed.auth_seq", FieldType::number, "Authentication transaction"},
    FieldInfo{"ieee80211.fixed.reason_code", FieldType::number, "Reason"},
    FieldInfo{"ieee80211.tag", FieldType::group, "Element"},
    FieldInfo{"ieee80211.tag.number", FieldType::number, "Number"},
    FieldInfo{"ieee80211.tag.length", FieldType::number, "Length"},
    FieldInfo{"ieee80211.ssid", FieldType::text, "SSID"},
    FieldInfo{"ieee80211.ds.current_channel", FieldType::number, "Channel"},
    FieldInfo{"ieee80211.tag.value", FieldType::bytes, "Value"},
};

constexpr unsigned management_type = 0, control_type = 1, data_type = 2;
constexpr unsigned to_ds = 0x01, from_ds = 0x02, protected_flag = 0x40, order_flag = 0x80;
constexpr unsigned assoc_request = 0, assoc_response = 1, reassoc_request = 2, reassoc_response = 3, probe_request = 4,
                   probe_response = 5, beacon = 8, disassociation = 10, authentication = 11, deauthentication = 12;

/// The frame control field and what it says about the header (IEEE 802.11 9.2.4.1).
struct Control {
    explicit Control(Bytes bytes)
        : type((bytes[0] >> 2U) & 3U),
          subtype(bytes[0] >> 4U),
          flags(bytes[1]),
          four_addresses(type == data_type && (flags & (to_ds | from_ds)) == (to_ds | from_ds)),
          has_qos(type == data_type && (subtype & 8U) != 0),
          has_ht((has_qos || type == management_type) && (flags & order_flag) != 0) {}
    unsigned type, subtype, flags;
    bool four_addresses, has_qos, has_ht;

    [[nodiscard]] std::size_t header() const {
        if (type == control_type) return subtype == 12 || subtype == 13 ? 10 : 16;
        return 24U + (four_addresses ? 6U : 0U) + (has_qos ? 2U : 0U) + (has_ht ? 4U : 0U);
    }
    [[nodiscard]] bool is_protected() const { return (flags & protected_flag) != 0; }
    /// Data subtypes with the 0x4 bit carry none.
    [[nodiscard]] bool carries_data() const { return type == data_type && (subtype & 4U) == 0; }
};

/// Bytes of the fixed fields of a management frame, before its elements; more than any frame where it has no elements.
std::size_t fixed_size(unsigned management) {
    switch (management) {
        case assoc_request:
            return 4;
        case reassoc_request:
            return 10;
        case assoc_response:
        case reassoc_response:
        case authentication:
            return 6;
        case probe_request:
            return 0;
        case probe_response:
        case beacon:
            return 12;
        case disassociation:
        case deauthentication:
            return 2;
        default:
            return static_cast<std::size_t>(-1);
    }
}

Step step_ieee80211(Bytes bytes, Packet& packet, std::size_t offset) {
    if (bytes.size() < 2) return short_header(bytes, packet, offset);
    const Control control(bytes);
    if ((bytes[0] & 3U) != 0) return {.header = bytes.size(), .malformed = true};
    if (bytes.size() < control.header()) return short_header(bytes, packet, offset);
    if (!control.carries_data()) return {.header = bytes.size()};
    // An A-MSDU (bit 7 of QoS control) holds several frames, each with a header of its own.
    const std::size_t qos_at = control.four_addresses ? 30 : 24;
    const bool aggregate = control.has_qos && (bytes[qos_at] & 0x80U) != 0;
    const bool fragment_of = (bytes[22] & 0x0fU) != 0;
    const bool opaque = control.is_protected() || aggregate || fragment_of;
    return {.header = control.header(), .next = opaque ? Protocol::data : Protocol::llc};
}

/// "(name)" as tcpdump writes an SSID, and the channel where told: " CH: 6".
void put_elements(Bytes bytes, Text& out) {
    Cursor in(bytes);
    unsigned channel_number = 0;
    bool named = false;
    while (in.remaining() >= 2) {
        const std::uint8_t id = in.u8();
        const Bytes body = in.take(in.u8());
        if (!in.ok()) break;
        if (id == 0 && !named) {
            out.put(" (");
            out.escaped(body);
            out.put(')');
            named = true;
        } else if (id == 3 && !body.empty()) {
            channel_number = body[0];
        }
    }
    if (channel_number == 0) return;
    out.put(" CH: ");
    out.number(channel_number);
}

void put_reason(Cursor& in, Bytes bytes, Text& out) {
    out.put(" (");
    out.mac(bytes.subspan(10, 6));
    out.put("): ");
    const std::uint16_t code = in.le16();
    if (const std::string_view name = name_of(reasons, code); !name.empty()) {
        out.put(name);
    } else {
        out.put("reason ");
        out.number(code);
    }
}

void info_management(const Control& control, Bytes bytes, Text& out) {
    out.put(name_of(management_names, control.subtype, "Unhandled management"));
    if (control.is_protected()) return;
    const Bytes body = bytes.subspan(control.header());
    Cursor in(body);
    switch (control.subtype) {
        case authentication: {
            const std::uint16_t kind = in.le16();
            const std::uint16_t step = in.le16();
            const std::uint16_t result = in.le16();
            if (!in.ok()) return;
            out.put(" (");
            out.put(name_of(algorithms, kind, "unknown"));
            out.put(")-");
            out.number(step);
            if (step % 2 != 0) return;
            out.put(result == 0 ? " Successful" : " status ");
            if (result != 0) out.number(result);
            return;
        }
        case disassociation:
        case deauthentication:
            if (body.size() >= 2) put_reason(in, bytes, out);
            return;
        default:
            if (fixed_size(control.subtype) <= body.size())
                put_elements(body.subspan(fixed_size(control.subtype)), out);
    }
    if ((control.subtype == beacon || control.subtype == probe_response) && body.size() >= 12 &&
        (body[10] & 0x10U) != 0)
        out.put(", PRIVACY");
}

void info_ieee80211(const Packet& packet, const Layer& layer, Text& out) {
    const Bytes bytes = packet.bytes(layer);
    if (bytes.size() < 2 || layer.malformed || layer.truncated) return;
    const Control control(bytes);
    if (control.type == management_type) return info_management(control, bytes, out);
    if (control.type == control_type) {
        out.put(name_of(control_names, control.subtype, "Unknown control"));
        out.put(" RA:");
        out.mac(bytes.subspan(4, 6));
        if (control.header() >= 16) {
            out.put(" TA:");
            out.mac(bytes.subspan(10, 6));
        }
        return;
    }
    const Layer* inner = packet.inner(layer);
    if (inner != nullptr && inner->protocol != Protocol::data) return;
    out.put(control.type == data_type ? name_of(data_names, control.subtype, "Unknown data") : "Extension frame");
    if (control.is_protected()) out.put(" (protected)");
}

void visit_element(FieldReader& in) {
    const std::uint64_t id = in.u8(element_id, element_names);
    in.u8(element_length);
    if (id == 0 && in.more())
        in.tail(ssid);
    else if (id == 3)
        in.u8(channel);
    in.tail(value);
}

void visit_fixed(FieldReader& in, unsigned management) {
    switch (management) {
        case probe_response:
        case beacon:
            in.le64(timestamp);
            in.le16(interval);
            in.le16(capability);
            break;
        case assoc_request:
        case reassoc_request:
            in.le16(capability);
            in.le16(listen);
            if (management == reassoc_request) in.bytes(current_ap, 6);
            break;
        case assoc_response:
        case reassoc_response:
            in.le16(capability);
            in.le16(status);
            in.le16(association);
            break;
        case authentication:
            in.le16(algorithm, algorithms);
            in.le16(transaction);
            in.le16(status);
            break;
        case disassociation:
        case deauthentication:
            in.le16(reason, reasons);
            break;
        default:
            break;
    }
}

void visit_management(FieldReader& in, const Control& control) {
    const bool readable = !control.is_protected() && fixed_size(control.subtype) <= in.remaining();
    if (readable) visit_fixed(in, control.subtype);
    while (readable && in.remaining() >= 2)
        in.group(element, name_of(element_names, in.peek()), std::size_t{2} + in.peek(1), visit_element);
    in.tail(value);
}

void visit_ieee80211(const Packet& packet, const Layer& layer, FieldSink& sink) {
    if (layer.length < 2) return;
    const Control control(packet.bytes(layer));
    FieldReader in(packet.header(layer), sink);
    in.u8();
    in.part(type, control.type, frame_types);
    in.part(subtype, control.subtype,
            control.type == management_type ? Names(management_names)
            : control.type == control_type  ? Names(control_names)
                                            : Names(data_names));
    in.u8();
    Text names;
    put_flags(names, flag_names, control.flags);
    in.part(flags, control.flags, names.view());
    in.le16(duration);
    in.bytes(receiver, 6);
    if (control.type == control_type) {
        if (control.header() >= 16) in.bytes(transmitter, 6);
        return in.tail(value);
    }
    in.bytes(transmitter, 6);
    in.bytes(third, 6);
    const std::uint64_t order = in.le16();
    in.part(fragment, order & 15U);
    in.part(sequence, order >> 4U);
    if (control.four_addresses) in.bytes(fourth, 6);
    if (control.has_qos) in.le16(qos);
    if (control.has_ht) in.le32(ht_control);
    if (control.type == management_type)
        visit_management(in, control);
    else
        in.tail(value);
}

}  // namespace

constexpr Dissector ieee80211_dissector{Protocol::ieee80211, "ieee80211",    "802.11",       ieee80211_fields,
                                        step_ieee80211,      info_ieee80211, visit_ieee80211};

}  // namespace fid::packet
