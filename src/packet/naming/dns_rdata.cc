// SPDX-License-Identifier: MIT
// Walks a record's data by the type's table (dns_tables.cc).
#include "packet/naming/dns_fields.h"
#include "packet/naming/dns_name.h"

namespace fid::packet::dns {
namespace {

class Rdata {
  public:
    Rdata(Bytes message, std::size_t offset, std::size_t length, std::size_t base, FieldSink& sink)
        : message_(message), at_(message.subspan(offset, length)), base_(base + offset), sink_(sink) {}

    bool read(const TypeInfo& info) {
        for (const RdataField& one : info.rdata) part(one);
        return at_.ok();
    }

  private:
    void part(const RdataField& one) {
        const std::size_t from = at_.offset();
        switch (one.part) {
            case Part::u8:
                return number(one.field, at_.u8(), from);
            case Part::u16:
                return number(one.field, at_.u16(), from);
            case Part::u32:
                return number(one.field, at_.u32(), from);
            case Part::a:
                return bytes(one.field, 4);
            case Part::aaaa:
                return bytes(one.field, 16);
            case Part::name: {
                const DnsName name(at_, message_);
                return sink_.text(one.field, name.text(), base_ + from, at_.offset() - from);
            }
            case Part::string:
            case Part::counted:
                return bytes(one.field, at_.u8());
            case Part::strings:
                while (at_.ok() && at_.remaining() != 0) bytes(one.field, at_.u8());
                return;
            case Part::text:
            case Part::rest:
                return bytes(one.field, at_.remaining());
            case Part::types:
                return types(one.field);
            case Part::nbstat:
                return nbstat();
            case Part::opt:
                while (at_.ok() && at_.remaining() != 0) option();
                return;
            case Part::params:
                while (at_.ok() && at_.remaining() != 0) param();
                return;
        }
    }
    void number(Field field, std::uint64_t value, std::size_t from) {
        if (!at_.ok()) return;
        const std::string_view meaning =
            field == f_rrsig_type ? type_name(static_cast<std::uint16_t>(value)) : std::string_view{};
        sink_.number(field, value, base_ + from, at_.offset() - from, meaning);
    }
    void bytes(Field field, std::size_t count) {
        const std::size_t from = at_.offset();
        const Bytes taken = at_.take(count);
        if (at_.ok()) sink_.bytes(field, taken, base_ + from);
    }
    /// RFC 4034 section 4.1.2.
    void types(Field field) {
        while (at_.ok() && at_.remaining() != 0) {
            const unsigned window = at_.u8();
            const std::size_t from = at_.offset() + 1;
            const Bytes map = at_.take(at_.u8());
            for (std::size_t i = 0; i < map.size() * 8; ++i) {
                if ((map[i / 8] & (0x80U >> (i % 8))) == 0) continue;
                const auto type = static_cast<std::uint16_t>(window << 8U | (i & 0xffU));
                sink_.number(field, type, base_ + from + i / 8, 1, type_name(type));
            }
        }
    }
    /// RFC 1002 section 4.2.18.
    void nbstat() {
        const unsigned count = at_.u8();
        for (unsigned i = 0; i < count && at_.ok(); ++i) {
            bytes(f_nbstat_name, 15);
            at_.skip(1);
            const std::size_t from = at_.offset();
            number(f_nbstat_flags, at_.u16(), from);
        }
        bytes(f_nbstat_mac, 6);
    }
    void option() {
        const std::size_t from = at_.offset();
        const unsigned code = at_.u16();
        const std::size_t length = at_.u16();
        const std::size_t body = at_.offset();
        Cursor in = at_.sub(length);
        if (!at_.ok()) return;
        sink_.open(f_opt_option, option_name(code), base_ + from, length + 4);
        sink_.number(f_opt_code, code, base_ + from, 2, option_name(code));
        const std::size_t start = base_ + body;
        if (code == 8 && length >= 4)
            client_subnet(in, start);
        else if (code == 10 && length >= 8) {
            sink_.bytes(f_opt_cookie_client, in.take(8), start);
            if (in.remaining() != 0) sink_.bytes(f_opt_cookie_server, in.rest(), start + 8);
        } else if (code == 15 && length >= 2) {
            const unsigned error = in.u16();
            sink_.number(f_opt_ede_code, error, start, 2, ede_name(error));
            if (in.remaining() != 0) sink_.bytes(f_opt_ede_text, in.rest(), start + 2);
        } else if (length != 0)
            sink_.bytes(f_opt_data, in.rest(), start);
        sink_.close();
    }
    /// RFC 7871 section 6: only the prefix's bytes are sent.
    void client_subnet(Cursor in, std::size_t start) {
        const unsigned family = in.u16();
        const unsigned source = in.u8();
        const unsigned scope = in.u8();
        sink_.number(f_opt_ecs_family, family, start, 2, family == 1 ? "IPv4" : family == 2 ? "IPv6" : "");
        sink_.number(f_opt_ecs_source, source, start + 2, 1);
        sink_.number(f_opt_ecs_scope, scope, start + 3, 1);
        const Bytes prefix = in.rest();
        const std::size_t width = family == 1 ? 4 : 16;
        if ((family != 1 && family != 2) || prefix.size() > width) return;
        std::array<std::uint8_t, 16> whole{};
        std::ranges::copy(prefix, whole.begin());
        Text text;
        if (family == 2)
            text.ipv6(whole);
        else
            text.ipv4(Cursor(whole).u32());
        text.put('/');
        text.number(source);
        sink_.text(f_opt_ecs_address, text.view(), start + 4, prefix.size());
    }
    /// RFC 9460 section 2.2.
    void param() {
        const std::size_t from = at_.offset();
        const unsigned key = at_.u16();
        const std::size_t length = at_.u16();
        const std::size_t body = base_ + at_.offset();
        Cursor in = at_.sub(length);
        if (!at_.ok()) return;
        sink_.open(f_svcb_param, param_name(key), base_ + from, length + 4);
        sink_.number(f_svcb_key, key, base_ + from, 2, param_name(key));
        const auto each = [&](Field field, std::size_t size) {
            while (in.ok() && in.remaining() >= size) {
                const std::size_t at = in.offset();
                sink_.bytes(field, in.take(size), body + at);
            }
        };
        if (key == 1) {
            while (in.remaining() != 0) {
                const Bytes alpn = in.take(in.u8());
                if (!in.ok()) break;
                sink_.bytes(f_svcb_alpn, alpn, body + in.offset() - alpn.size());
            }
        } else if (key == 3 && length == 2)
            sink_.number(f_svcb_port, in.u16(), body, 2);
        else if (key == 4)
            each(f_svcb_ipv4hint, 4);
        else if (key == 5)
            sink_.bytes(f_svcb_ech, in.rest(), body);
        else if (key == 6)
            each(f_svcb_ipv6hint, 16);
        else if (length != 0)
            sink_.bytes(f_svcb_value, in.rest(), body);
        sink_.close();
    }

    Bytes message_;
    Cursor at_;
    std::size_t base_;
    FieldSink& sink_;
};

}  // namespace

bool visit_rdata(std::uint16_t type, bool netbios, Bytes message, std::size_t offset, std::size_t length,
                 std::size_t base, FieldSink& sink) {
    static constexpr std::array status{RdataField{Part::nbstat, f_nbstat_name}};
    static constexpr TypeInfo nbstat{type_nbstat, "NBSTAT", status};
    const TypeInfo* info = netbios && type == type_nbstat ? &nbstat : type_info(type);
    if (info == nullptr || info->rdata.empty()) {
        if (length != 0) sink.bytes(f_data, message.subspan(offset, length), base + offset);
        return true;
    }
    return Rdata(message, offset, length, base, sink).read(*info);
}

}  // namespace fid::packet::dns
