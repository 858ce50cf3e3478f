// SPDX-License-Identifier: MIT
#include "packet/field_text.h"

#include <algorithm>
#include <array>

#include "packet/verbose.h"

namespace fid::packet {
namespace {

std::uint32_t read32(Bytes bytes) {
    return static_cast<std::uint32_t>(bytes[0]) << 24U | static_cast<std::uint32_t>(bytes[1]) << 16U |
           static_cast<std::uint32_t>(bytes[2]) << 8U | bytes[3];
}

constexpr std::size_t shown_bytes = 64;  // of an opaque field

/// "Authorization: Basic ..."
bool is_credential_line(std::string_view text) {
    const std::size_t colon = text.substr(0, 64).find(':');
    return colon != std::string_view::npos && is_credential_header(text.substr(0, colon));
}

/// Fields separated by commas, a new line where one grows long or a group begins.
class FieldLines final : public FieldSink {
  public:
    FieldLines(const Dissector& dissector, Text& out) : dissector_(dissector), out_(out), limit_(out.size() + most) {}

    void put(unsigned field, const FieldValue& value, std::size_t, std::size_t) override {
        if (out_.size() > limit_) return;
        if (fresh_ || out_.size() - start_ > width)
            line();
        else
            out_.put(", ");
        const FieldInfo& info = dissector_.fields[field];
        out_.put(info.title);
        out_.put(' ');
        if (hidden_ != 0 || is_credential_field(info.name) || is_credential_line(as_text(value.bytes)))
            return out_.put(masked);
        write_value(info.type, value, out_);
        if (value.meaning.empty()) return;
        out_.put(" (");
        out_.escaped(value.meaning);
        out_.put(')');
    }
    void open(unsigned field, std::string_view text, std::size_t, std::size_t) override {
        ++depth_;
        if (out_.size() > limit_) return;
        line();
        out_.put(dissector_.fields[field].title);
        out_.put(": ");
        fresh_ = true;
        // The summary of a header is the header; an option or a TLV that authenticates has its kind as summary.
        const std::size_t colon = text.find(':');
        const bool header = is_credential_line(text);
        const bool secret = header || text.contains("uthentication") || text.contains("assword");
        if (secret && hidden_ == 0) hidden_ = depth_;
        out_.escaped(header ? text.substr(0, colon) : text);
        if (!header) return;
        out_.put(": ");
        out_.put(masked);
    }
    void close() override {
        if (hidden_ == depth_) hidden_ = 0;
        if (depth_ != 0) --depth_;
        fresh_ = true;
    }

  private:
    static constexpr std::size_t width = 90;
    static constexpr std::size_t most = 64 * 1024;  // of a layer's text

    void line() {
        out_.put("\n\t");
        out_.fill(' ', 2 * std::min<std::size_t>(depth_, 16));
        start_ = out_.size();
        fresh_ = false;
    }

    const Dissector& dissector_;
    Text& out_;
    std::size_t limit_;
    std::size_t start_ = 0;
    std::size_t depth_ = 0;
    bool fresh_ = true;
    std::size_t hidden_ = 0;  ///< the depth from which on values are masked
};

}  // namespace

void write_value(FieldType type, const FieldValue& value, Text& out) {
    switch (type) {
        case FieldType::flag:
        case FieldType::number:
            out.number(value.number);
            return;
        case FieldType::hex:
            out.put("0x");
            out.hex(value.number);
            return;
        case FieldType::text:
        case FieldType::group:
            out.escaped(value.bytes);
            return;
        case FieldType::bytes:
            out.hex_bytes(value.bytes.first(std::min(value.bytes.size(), shown_bytes)));
            if (value.bytes.size() > shown_bytes) out.put("...");
            return;
        case FieldType::ipv4:
            if (value.bytes.size() == 4) return out.ipv4(read32(value.bytes));
            break;
        case FieldType::ipv6:
            if (value.bytes.size() == 16) return out.ipv6(value.bytes.first<16>());
            break;
        case FieldType::mac:
            break;
    }
    out.mac(value.bytes);
}

void write_fields(const Packet& packet, const Layer& layer, Text& out) {
    const Dissector& reader = dissector(layer.protocol);
    FieldLines lines(reader, out);
    reader.visit(packet, layer, lines);
}

std::span<const std::string_view> credential_fields() {
    static constexpr std::array<std::string_view, 18> secret{
        "bfd.auth.data",  "vrrp.auth_string", "hsrp.auth_data",   "ospf.auth.data",     "rip.auth.data",
        "snmp.community", "http.cookie",      "http.set_cookie",  "http.authorization", "rdp.cookie",
        "ftp.argument",   "smtp.argument",    "pop.argument",     "imap.argument",      "irc.argument",
        "redis.value",    "coap.token",       "eapol.keydes.data"};
    return secret;
}

bool is_credential_field(std::string_view name) {
    return std::ranges::find(credential_fields(), name) != credential_fields().end();
}

}  // namespace fid::packet
