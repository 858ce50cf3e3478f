// SPDX-License-Identifier: MIT
// Every field of a DNS message.
#include "packet/naming/dns_fields.h"
#include "packet/naming/dns_message.h"
#include "packet/naming/dns_name.h"

namespace fid::packet::dns {
namespace {

class Visitor {
  public:
    Visitor(Bytes message, std::size_t base, FieldSink& sink, Flavour flavour)
        : message_(message), at_(message), base_(base), sink_(sink), flavour_(flavour) {}

    void run() {
        const Header header = read_header(at_);
        if (!at_.ok()) return;
        sink_.number(f_id, header.id, base_, 2);
        flags(header);
        sink_.number(f_questions, header.questions, base_ + 4, 2);
        sink_.number(f_answers, header.answers, base_ + 6, 2);
        sink_.number(f_authorities, header.authorities, base_ + 8, 2);
        sink_.number(f_additionals, header.additionals, base_ + 10, 2);
        for (unsigned i = 0; i < header.questions && at_.ok(); ++i) question();
        for (unsigned i = 0; i < header.answers && at_.ok(); ++i) record(f_answer);
        for (unsigned i = 0; i < header.authorities && at_.ok(); ++i) record(f_authority);
        for (unsigned i = 0; i < header.additionals && at_.ok(); ++i) record(f_additional);
    }

  private:
    void flags(const Header& header) {
        const std::size_t at = base_ + 2;
        sink_.number(f_flags, header.flags, at, 2);
        const auto bit = [&](Field field, unsigned mask) { sink_.number(field, header.has(mask) ? 1 : 0, at, 2); };
        bit(f_response, flag_response);
        sink_.number(f_opcode, header.opcode(), at, 2, opcode_name(header.opcode()));
        bit(f_authoritative, flag_authoritative);
        bit(f_truncated, flag_truncated);
        bit(f_recursion_desired, flag_recursion_desired);
        bit(f_recursion_available, flag_recursion_available);
        if (flavour_ == Flavour::nbns) {
            bit(f_broadcast, flag_checking_disabled);
        } else {
            bit(f_authenticated, flag_authenticated);
            bit(f_checking_disabled, flag_checking_disabled);
        }
        sink_.number(f_rcode, header.rcode(), at, 2, rcode_name(header.rcode()));
    }
    [[nodiscard]] bool netbios() const { return flavour_ == Flavour::nbns; }
    [[nodiscard]] std::string_view name_of_type(std::uint16_t type) const {
        return netbios() && type == type_nbstat ? std::string_view{"NBSTAT"} : type_name(type);
    }

    /// What a question and a record begin with.
    struct Start {
        std::size_t offset = 0, after_name = 0;
        std::uint16_t type = 0, klass = 0;
        Text name, summary;
    };
    Start start() {
        Start out{.offset = at_.offset()};
        const DnsName name(at_, message_);
        out.after_name = at_.offset();
        out.type = at_.u16();
        out.klass = at_.u16();
        if (netbios())
            print_netbios_name(name.text(), out.name);
        else
            out.name.put(name.text());
        if (const auto known = name_of_type(out.type); !known.empty()) {
            out.summary.put(known);
        } else {
            out.summary.put("TYPE");
            out.summary.number(out.type);
        }
        out.summary.put(' ');
        name.write(out.summary);
        return out;
    }
    void put_start(const Start& one) {
        sink_.text(f_name, one.name.view(), base_ + one.offset, one.after_name - one.offset);
        sink_.number(f_type, one.type, base_ + one.after_name, 2, name_of_type(one.type));
    }
    void put_class(const Start& one, Field top) {
        const std::size_t at = base_ + one.after_name + 2;
        const bool mdns = flavour_ == Flavour::mdns;
        const auto value = static_cast<std::uint16_t>(mdns ? one.klass & 0x7fffU : one.klass);
        sink_.number(f_class, value, at, 2, class_name(value));
        if (mdns) sink_.number(top, one.klass >> 15U, at, 2);
    }

    void question() {
        const Start one = start();
        if (!at_.ok()) return;
        sink_.open(f_question, one.summary.view(), base_ + one.offset, at_.offset() - one.offset);
        put_start(one);
        put_class(one, f_unicast);
        sink_.close();
    }

    void record(Field group) {
        const Start one = start();
        const std::size_t fixed = at_.offset();
        const std::uint32_t ttl = at_.u32();
        const std::size_t length = at_.u16();
        const std::size_t data = at_.offset();
        at_.skip(length);
        if (!at_.ok()) return;
        sink_.open(group, one.summary.view(), base_ + one.offset, at_.offset() - one.offset);
        put_start(one);
        if (one.type == type_opt) {
            sink_.number(f_opt_size, one.klass, base_ + one.after_name + 2, 2);
            sink_.number(f_opt_extended_rcode, ttl >> 24U, base_ + fixed, 1);
            sink_.number(f_opt_version, ttl >> 16U & 0xffU, base_ + fixed + 1, 1);
            sink_.number(f_opt_do, ttl >> 15U & 1U, base_ + fixed + 2, 2);
        } else {
            put_class(one, f_cache_flush);
            sink_.number(f_ttl, ttl, base_ + fixed, 4);
        }
        sink_.number(f_rdlength, length, base_ + fixed + 4, 2);
        // An empty record is a prerequisite or a deletion (RFC 2136), not a short one.
        if (length != 0) visit_rdata(one.type, netbios(), message_, data, length, base_, sink_);
        sink_.close();
    }

    Bytes message_;
    Cursor at_;
    std::size_t base_;
    FieldSink& sink_;
    Flavour flavour_;
};

}  // namespace

void visit_message(const Packet& packet, const Layer& layer, FieldSink& sink, Flavour flavour) {
    Bytes message = packet.header(layer);
    std::size_t base = 0;
    if (over_tcp(packet, &layer) && message.size() >= 2) {
        sink.number(f_length, Cursor(message).u16(), 0, 2);
        message = message.subspan(2);
        base = 2;
    }
    Visitor(message, base, sink, flavour).run();
}

}  // namespace fid::packet::dns
