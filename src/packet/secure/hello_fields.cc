// SPDX-License-Identifier: MIT
#include "packet/secure/hello_fields.h"

#include "packet/secure/digest.h"

namespace fid::packet {
namespace {

class Reporter {
  public:
    Reporter(unsigned first, Bytes base, std::size_t offset, bool located, FieldSink& sink)
        : first_(first), base_(base), offset_(offset), located_(located), sink_(sink) {}

    void bytes(unsigned field, Bytes part) {
        if (!part.empty()) sink_.put(first_ + field, {.bytes = part}, place(part), located_ ? part.size() : 0);
    }
    void text(unsigned field, std::string_view text, Bytes part = {}) {
        sink_.text(first_ + field, text, part.empty() ? 0 : place(part), located_ ? part.size() : 0);
    }
    void number(unsigned field, std::uint64_t value, Bytes part, std::string_view meaning) {
        sink_.number(first_ + field, value, place(part), located_ ? part.size() : 0, meaning);
    }
    /// "0x1301,0x1302": what the wire says, GREASE and all.
    void list(unsigned field, Bytes pairs) {
        if (pairs.empty()) return;
        Text out;
        Cursor in(pairs);
        while (in.remaining() >= 2) {
            if (!out.empty()) out.put(',');
            out.put("0x");
            out.hex(in.u16(), 4);
        }
        text(field, out.view(), pairs);
    }

  private:
    [[nodiscard]] std::size_t place(Bytes part) const {
        return located_ ? offset_ + static_cast<std::size_t>(part.data() - base_.data()) : 0;
    }

    unsigned first_;
    Bytes base_;
    std::size_t offset_;
    bool located_;
    FieldSink& sink_;
};

/// "0,23,65281"
std::string extension_list(Bytes extensions) {
    Text out;
    Cursor in(extensions);
    while (in.remaining() != 0) {
        const std::uint16_t type = in.u16();
        in.skip(in.u16());
        if (!in.ok()) break;
        if (!out.empty()) out.put(',');
        out.number(type);
    }
    return out.take();
}

}  // namespace

void visit_hello(const Hello& hello, char transport, unsigned first, Bytes base, std::size_t offset, bool located,
                 FieldSink& sink) {
    Reporter report(first, base, offset, located, sink);
    if (base.size() < 2) return;
    report.number(hello_version, hello.version, base.first(2), tls_version_name(hello.version));
    report.bytes(hello_random, hello.random);
    report.bytes(hello_session, hello.session);
    if (hello.client)
        report.list(hello_ciphers, hello.ciphers);
    else if (hello.ciphers.size() == 2)
        report.number(hello_cipher, Cursor(hello.ciphers).u16(), hello.ciphers, {});
    if (!hello.extensions.empty()) report.text(hello_extensions, extension_list(hello.extensions), hello.extensions);
    report.bytes(hello_sni, hello.server_name);
    if (!hello.alpn.empty()) {
        Text names;
        put_alpn(names, hello.alpn);
        report.text(hello_alpn, names.view(), hello.alpn);
    }
    report.list(hello_groups, hello.groups);
    report.bytes(hello_point_formats, hello.point_formats);
    report.list(hello_signature_algorithms, hello.signature_algorithms);
    report.list(hello_supported_versions, hello.versions);
    if (!hello.complete) return;
    const std::string full = ja3_full(hello);
    report.text(hello.client ? hello_ja3 : hello_ja3s, md5_hex(full));
    report.text(hello.client ? hello_ja3_full : hello_ja3s_full, full);
    if (hello.client) report.text(hello_ja4, ja4(hello, transport));
}

void info_hello(const Hello& hello, Text& out) {
    const std::uint16_t version = effective_version(hello);
    if (const auto name = tls_version_name(version); !name.empty()) {
        out.put(name);
        out.put(' ');
    }
    out.put(hello.client ? "ClientHello" : "ServerHello");
    if (!hello.server_name.empty()) {
        out.put(", SNI ");
        out.escaped(hello.server_name);
    }
    if (!hello.alpn.empty()) {
        out.put(", ALPN ");
        put_alpn(out, hello.alpn);
    }
    if (!hello.client && hello.ciphers.size() == 2) {
        out.put(", cipher 0x");
        out.hex(Cursor(hello.ciphers).u16(), 4);
    }
}

}  // namespace fid::packet
