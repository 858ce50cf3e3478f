// SPDX-License-Identifier: MIT
// SNMP v1, v2c and v3 (RFC 1157, RFC 3416, RFC 3412): BER of a known, shallow shape, so nothing here recurses.
#include <array>

#include "packet/datagram/family.h"
#include "packet/field_reader.h"
#include "packet/steps.h"

namespace fid::packet {
namespace {

enum Field : unsigned {
    f_version,
    f_community,
    f_message_id,
    f_flags,
    f_model,
    f_security,
    f_engine,
    f_context,
    f_encrypted,
    f_pdu,
    f_request,
    f_error,
    f_error_index,
    f_non_repeaters,
    f_max_repetitions,
    f_enterprise,
    f_agent,
    f_generic,
    f_specific,
    f_uptime,
    f_binding,
    f_name,
    f_number,
    f_oid,
    f_text,
    f_address,
    f_value
};
constexpr std::array fields{
    FieldInfo{"snmp.version", FieldType::number, "Version"},
    FieldInfo{"snmp.community", FieldType::text, "Community"},
    FieldInfo{"snmp.msgid", FieldType::number, "Message ID"},
    FieldInfo{"snmp.msgflags", FieldType::hex, "Message flags"},
    FieldInfo{"snmp.model", FieldType::number, "Security model"},
    FieldInfo{"snmp.security", FieldType::bytes, "Security parameters"},
    FieldInfo{"snmp.engine", FieldType::bytes, "Context engine ID"},
    FieldInfo{"snmp.context", FieldType::text, "Context name"},
    FieldInfo{"snmp.encrypted", FieldType::bytes, "Encrypted PDU"},
    FieldInfo{"snmp.pdu", FieldType::number, "PDU type"},
    FieldInfo{"snmp.request_id", FieldType::number, "Request ID"},
    FieldInfo{"snmp.error", FieldType::number, "Error status"},
    FieldInfo{"snmp.error_index", FieldType::number, "Error index"},
    FieldInfo{"snmp.non_repeaters", FieldType::number, "Non-repeaters"},
    FieldInfo{"snmp.max_repetitions", FieldType::number, "Maximum repetitions"},
    FieldInfo{"snmp.enterprise", FieldType::text, "Enterprise"},
    FieldInfo{"snmp.agent", FieldType::ipv4, "Agent address"},
    FieldInfo{"snmp.generic_trap", FieldType::number, "Generic trap"},
    FieldInfo{"snmp.specific_trap", FieldType::number, "Specific trap"},
    FieldInfo{"snmp.uptime", FieldType::number, "Time stamp (1/100 s)"},
    FieldInfo{"snmp.binding", FieldType::group, "Variable"},
    FieldInfo{"snmp.name", FieldType::text, "Object name"},
    FieldInfo{"snmp.value.number", FieldType::number, "Value"},
    FieldInfo{"snmp.value.oid", FieldType::text, "Value"},
    FieldInfo{"snmp.value.text", FieldType::text, "Value"},
    FieldInfo{"snmp.value.ipv4", FieldType::ipv4, "Value"},
    FieldInfo{"snmp.value.bytes", FieldType::bytes, "Value"},
};
constexpr std::array<std::string_view, 9> pdus{"GetRequest", "GetNextRequest", "GetResponse", "SetRequest", "Trap",
                                               "GetBulk",    "Inform",         "V2Trap",      "Report"};
constexpr std::uint8_t tag_integer = 0x02, tag_octets = 0x04, tag_oid = 0x06, tag_sequence = 0x30, tag_pdu = 0xa0,
                       tag_trap_v1 = 0xa4, tag_bulk = 0xa5, tag_address = 0x40;

/// One BER element; `offset` and `size` of its contents are relative to the layer.
struct Element {
    std::uint8_t tag = 0;
    std::size_t offset = 0;
    Bytes value;
    bool ok = false;
};

/// Reads elements one after the other; a definite length of at most four bytes each.
class Ber {
  public:
    Ber(Bytes bytes, std::size_t base) : at_(bytes), base_(base) {}
    explicit Ber(const Element& inside) : Ber(inside.value, inside.offset) {}

    [[nodiscard]] bool more() const { return at_.ok() && at_.remaining() != 0; }
    Element next() {
        Element one{.tag = at_.u8()};
        std::size_t length = at_.u8();
        if (length >= 0x80) {
            const std::size_t count = length & 0x7fU;
            if (count == 0 || count > 4) at_.fail();
            length = 0;
            for (std::size_t i = 0; i < count && at_.ok(); ++i) length = length << 8U | at_.u8();
        }
        one.offset = base_ + at_.offset();
        one.value = at_.take(length);
        one.ok = at_.ok();
        return one;
    }
    /// The next element if it has that tag.
    Element want(std::uint8_t tag) {
        Element one = next();
        one.ok = one.ok && one.tag == tag;
        return one;
    }

  private:
    Cursor at_;
    std::size_t base_;
};

std::uint64_t integer(const Element& one) {
    std::uint64_t value = 0;
    for (const std::uint8_t byte : one.value) value = value << 8U | byte;
    return value;
}

/// X.690 section 8.19, with the leading dot tcpdump gives it.
void put_oid(Bytes bytes, Text& out) {
    std::uint64_t part = 0;
    bool first = true;
    for (const std::uint8_t byte : bytes) {
        part = part << 7U | (byte & 0x7fU);
        if ((byte & 0x80U) != 0) continue;
        if (first) {
            const std::uint64_t root = part < 80 ? part / 40 : 2;
            out.put('.');
            out.number(root);
            part -= root * 40;
            first = false;
        }
        out.put('.');
        out.number(part);
        part = 0;
    }
}

Step step(Bytes bytes, Packet& packet, std::size_t) {
    if (bytes.size() < 5) return too_short(bytes, packet);
    if (bytes[0] != tag_sequence) return {.refused = true};
    const bool cut = packet.data.size() < packet.wire_length;
    const Element message = Ber(bytes, 0).next();
    if (!message.ok) return cut ? Step{.header = bytes.size(), .truncated = true} : Step{.refused = true};
    const Element version = Ber(message).want(tag_integer);
    if (!version.ok || version.value.size() != 1 || version.value[0] > 3 || version.value[0] == 2)
        return {.refused = true};
    return {.header = bytes.size()};
}

class Visitor {
  public:
    explicit Visitor(FieldSink& sink) : sink_(sink) {}

    void message(Bytes bytes) {
        const Element whole = Ber(bytes, 0).want(tag_sequence);
        if (!whole.ok) return;
        Ber at(whole);
        const Element version = at.want(tag_integer);
        if (!version.ok) return;
        const std::uint64_t number = integer(version);
        put(f_version, version, number == 0 ? "v1" : number == 1 ? "v2c" : number == 3 ? "v3" : "");
        if (number == 3) return v3(at);
        const Element community = at.want(tag_octets);
        if (!community.ok) return;
        bytes_of(f_community, community);
        pdu(at.next());
    }

  private:
    void put(Field field, const Element& one, std::string_view meaning = {}) {
        if (one.ok) sink_.number(field, integer(one), one.offset, one.value.size(), meaning);
    }
    void bytes_of(Field field, const Element& one) {
        if (one.ok) sink_.bytes(field, one.value, one.offset);
    }
    void oid(Field field, const Element& one) {
        if (!one.ok) return;
        Text text;
        put_oid(one.value, text);
        sink_.text(field, text.view(), one.offset, one.value.size());
    }

    /// Two's complement (X.690 section 8.3); fields are numbers without a sign, so it is a text.
    void negative(const Element& one) {
        const std::uint64_t beyond = one.value.size() == 8 ? 0 : ~std::uint64_t{0} << (8 * one.value.size());
        Text text;
        text.put('-');
        text.number(~(integer(one) | beyond) + 1);
        sink_.text(f_text, text.view(), one.offset, one.value.size());
    }

    void v3(Ber& at) {
        Ber global(at.want(tag_sequence));
        put(f_message_id, global.next());
        global.next();
        put(f_flags, global.next());
        put(f_model, global.next());
        bytes_of(f_security, at.want(tag_octets));
        const Element scoped = at.next();
        if (!scoped.ok) return;
        if (scoped.tag == tag_octets) return bytes_of(f_encrypted, scoped);
        Ber inside(scoped);
        bytes_of(f_engine, inside.want(tag_octets));
        bytes_of(f_context, inside.want(tag_octets));
        pdu(inside.next());
    }

    void pdu(const Element& one) {
        if (!one.ok || one.tag < tag_pdu) return;
        sink_.number(f_pdu, one.tag - unsigned{tag_pdu}, one.offset, 0, name_of(pdus, one.tag - unsigned{tag_pdu}));
        Ber at(one);
        if (one.tag == tag_trap_v1) {
            oid(f_enterprise, at.want(tag_oid));
            bytes_of(f_agent, at.want(tag_address));
            put(f_generic, at.next());
            put(f_specific, at.next());
            put(f_uptime, at.next());
        } else {
            put(f_request, at.want(tag_integer));
            // RFC 3416 section 4.2.3: a GetBulk has two counts in these places.
            const bool bulk = one.tag == tag_bulk;
            put(bulk ? f_non_repeaters : f_error, at.want(tag_integer));
            put(bulk ? f_max_repetitions : f_error_index, at.want(tag_integer));
        }
        Ber bindings(at.want(tag_sequence));
        while (bindings.more()) binding(bindings.next());
    }

    void binding(const Element& pair) {
        if (!pair.ok) return;
        Ber at(pair);
        const Element name = at.want(tag_oid);
        const Element value = at.next();
        if (!name.ok) return;
        Text text;
        put_oid(name.value, text);
        sink_.open(f_binding, text.view(), pair.offset, pair.value.size());
        sink_.text(f_name, text.view(), name.offset, name.value.size());
        if (value.tag == tag_oid)
            oid(f_oid, value);
        else if (value.tag == tag_octets)
            bytes_of(is_utf8(value.value) ? f_text : f_value, value);
        else if (value.tag == tag_address && value.value.size() == 4)
            bytes_of(f_address, value);
        else if (value.tag == tag_integer && !value.value.empty() && value.value.size() <= 8 && value.value[0] >= 0x80)
            negative(value);
        else if (!value.value.empty() && value.value.size() <= 9)
            put(f_number, value);
        else if (!value.value.empty())
            bytes_of(f_value, value);
        sink_.close();
    }

    FieldSink& sink_;
};

/// "V2c C=*** GetRequest .1.3.6.1.2.1.1.1.0", as tcpdump but for the lengths and the community, which is a password.
class Line : public FieldSink {
  public:
    explicit Line(Text& out) : out_(out) {}
    void put(unsigned field, const FieldValue& value, std::size_t, std::size_t) override {
        if (field == f_version && value.number == 1) out_.put("V2c ");
        if (field == f_version && value.number == 3) out_.put("V3 ");
        if (field == f_community) out_.put("C=*** ");
        if (field == f_encrypted) out_.put("[!encrypted]");
        if (field == f_pdu) out_.put(value.meaning);
        if (field == f_name) {
            out_.put(' ');
            out_.escaped(value.bytes);
        }
    }
    void open(unsigned, std::string_view, std::size_t, std::size_t) override {}
    void close() override {}

  private:
    Text& out_;
};

void info(const Packet& packet, const Layer& layer, Text& out) {
    Line line(out);
    Visitor(line).message(packet.bytes(layer));
}
void visit(const Packet& packet, const Layer& layer, FieldSink& sink) { Visitor(sink).message(packet.bytes(layer)); }

}  // namespace

const Dissector snmp_dissector{Protocol::snmp, "snmp", "Simple Network Management Protocol", fields, step, info, visit};

}  // namespace fid::packet
