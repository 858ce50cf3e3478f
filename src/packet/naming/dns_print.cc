// SPDX-License-Identifier: MIT
// A DNS message in tcpdump's words.
#include "packet/naming/dns_fields.h"
#include "packet/naming/dns_message.h"
#include "packet/naming/dns_name.h"
#include "packet/verbose.h"

namespace fid::packet::dns {
namespace {

void count(Text& out, unsigned value, std::string_view letters) {
    out.put(" [");
    out.number(value);
    out.put(letters);
    out.put(']');
}

void word_or(Text& out, std::string_view word, std::string_view prefix, unsigned value) {
    if (!word.empty()) return out.put(word);
    out.put(prefix);
    out.number(value);
}

class Printer {
  public:
    Printer(Bytes message, Text& out, Flavour flavour, std::uint8_t verbosity)
        : message_(message), at_(message), out_(out), flavour_(flavour), verbosity_(verbosity) {}

    void run(std::size_t size) {
        const Header header = read_header(at_);
        if (at_.ok()) {
            out_.number(header.id);
            opcode(header);
            header.has(flag_response) ? response(header) : request(header);
        }
        if (!at_.ok()) return out_.put(" [|domain]");
        out_.put(" (");
        out_.number(size);
        out_.put(')');
    }

  private:
    void opcode(const Header& header) {
        static constexpr std::array<std::string_view, 7> words{"",        " inv_q",  " stat", " op3",
                                                               " notify", " update", " op6"};
        if (header.opcode() < words.size()) return out_.put(words[header.opcode()]);
        out_.put(" op");
        out_.number(header.opcode());
    }

    void response(const Header& header) {
        unsigned rcode = header.rcode();
        rcode |= extended_rcode(header) << 4U;
        if (rcode != 0) {
            out_.put(' ');
            word_or(out_, rcode_name(rcode), "Resp", rcode);
        }
        if (header.has(flag_authoritative)) out_.put('*');
        if (!header.has(flag_recursion_available)) out_.put('-');
        if (header.has(flag_truncated)) out_.put('|');
        if (header.has(flag_authenticated)) out_.put('$');
        if (header.questions != 1) count(out_, header.questions, "q");
        if (verbosity_ > 1 && header.questions != 0) out_.put(" q:");
        for (unsigned i = 0; i < header.questions && at_.ok(); ++i) {
            if (verbosity_ > 1) {
                if (i != 0) out_.put(',');
                question();
                continue;
            }
            skip_dns_name(at_);
            at_.skip(4);
        }
        if (!at_.ok()) return;
        out_.put(' ');
        out_.number(header.answers);
        out_.put('/');
        out_.number(header.authorities);
        out_.put('/');
        out_.number(header.additionals);
        records("", header.answers);
        if (verbosity_ > 1) sections(header);
    }

    void records(std::string_view title, unsigned count) {
        if (count != 0 && at_.ok()) out_.put(title);
        for (unsigned i = 0; i < count && at_.ok(); ++i) {
            if (i != 0) out_.put(',');
            record();
        }
    }
    /// -vv: what is behind the answers.
    void sections(const Header& header) {
        records(" ns:", header.authorities);
        records(" ar:", header.additionals);
    }

    /// RFC 6891 section 6.1.3: the upper bits of the rcode are in the OPT record.
    [[nodiscard]] unsigned extended_rcode(const Header& header) const {
        if (header.additionals == 0) return 0;
        Cursor at = at_;
        for (unsigned i = 0; i < header.questions && at.ok(); ++i) {
            skip_dns_name(at);
            at.skip(4);
        }
        const unsigned records = unsigned{header.answers} + header.authorities + header.additionals;
        for (unsigned i = 0; i < records && at.ok(); ++i) {
            skip_dns_name(at);
            const unsigned type = at.u16();
            at.skip(2);
            const unsigned upper = at.u8();
            at.skip(3);
            at.skip(at.u16());
            if (type == type_opt && at.ok()) return upper;
        }
        return 0;
    }

    void request(const Header& header) {
        constexpr unsigned odd_bits = 0x6cf;
        constexpr unsigned inverse_query = 1;
        if (header.has(flag_recursion_desired)) out_.put('+');
        if (header.has(flag_checking_disabled)) out_.put('%');
        if ((header.flags & odd_bits) != 0) {
            out_.put(" [b2&3=0x");
            out_.hex(header.flags);
            out_.put(']');
        }
        if (header.opcode() == inverse_query) {
            if (header.questions != 0) count(out_, header.questions, "q");
            if (header.answers != 1) count(out_, header.answers, "a");
        } else {
            if (header.answers != 0) count(out_, header.answers, "a");
            if (header.questions != 1) count(out_, header.questions, "q");
        }
        if (header.authorities != 0) count(out_, header.authorities, "n");
        if (header.additionals != 0) count(out_, header.additionals, "au");
        for (unsigned i = 0; i < header.questions && at_.ok(); ++i) question();
        if (verbosity_ < 2) return;
        records(" an:", header.answers);
        sections(header);
    }

    void question() {
        const DnsName name(at_, message_);
        const std::uint16_t type = at_.u16();
        unsigned klass = at_.u16();
        if (!at_.ok()) return;
        out_.put(' ');
        word_or(out_, type_name(type), "Type", type);
        if (flavour_ == Flavour::mdns) {
            out_.put((klass & 0x8000U) != 0 ? " (QU)" : " (QM)");
            klass &= 0x7fffU;
        }
        print_class(klass);
        out_.put("? ");
        name.write(out_);
    }

    void print_class(unsigned klass) {
        if (klass == 1) return;
        out_.put(' ');
        if (const auto word = class_name(static_cast<std::uint16_t>(klass)); !word.empty()) return out_.put(word);
        out_.put("(Class ");
        out_.number(klass);
        out_.put(')');
    }

    void record() {
        if (verbosity_ != 0)
            name(at_);
        else
            skip_dns_name(at_);
        const std::uint16_t type = at_.u16();
        unsigned klass = at_.u16();
        const std::uint32_t lifetime = at_.u32();
        Cursor data = at_.sub(at_.u16());
        if (!at_.ok()) return;
        if (flavour_ == Flavour::mdns && type != type_opt) {
            if ((klass & 0x8000U) != 0) out_.put(" (Cache flush)");
            klass &= 0x7fffU;
        }
        if (type != type_opt) print_class(klass);
        if (type != type_opt && verbosity_ > 2) {
            out_.put(" [");
            write_duration(lifetime, out_);
            out_.put(']');
        }
        out_.put(' ');
        word_or(out_, type_name(type), "Type", type);
        if (type == type_opt) return option(klass, lifetime, data);
        rdata(type, data);
        if (!data.ok()) at_.fail();
    }

    void name(Cursor& data) {
        out_.put(' ');
        DnsName(data, message_).write(out_);
    }

    /// The pseudo record of EDNS (RFC 6891): its class and lifetime are not what they are called.
    void option(unsigned size, std::uint32_t flags, Cursor& data) {
        constexpr std::uint32_t dnssec_ok = 0x8000;
        out_.put(" UDPsize=");
        out_.number(size);
        if ((flags & dnssec_ok) != 0) out_.put(" DO");
        while (data.ok() && data.remaining() != 0) {
            const std::uint16_t code = data.u16();
            const Bytes value = data.take(data.u16());
            if (!data.ok()) return at_.fail();
            out_.put(" [");
            const std::string_view word = option_name(code);
            word_or(out_, word, "Opt", code);
            constexpr std::uint16_t cookie = 10;  // RFC 7873: the client's 8 bytes, then the server's
            if (!value.empty()) {
                out_.put(' ');
                out_.hex_bytes(code == cookie && value.size() > 8 ? value.first(8) : value);
            }
            if (code == cookie && value.size() > 8) {
                out_.put(' ');
                out_.hex_bytes(value.subspan(8));
            }
            out_.put(']');
        }
    }

    void rdata(std::uint16_t type, Cursor& data) {
        if (data.remaining() == 0) return;
        switch (type) {
            case 1:
                out_.put(' ');
                return out_.ipv4(data.u32());
            case 2:
            case 5:
            case 12:
            case 39:
                return name(data);
            case 6:
                return verbosity_ != 0 ? authority(data) : void();
            case 15: {
                const unsigned preference = data.u16();
                name(data);
                out_.put(' ');
                return out_.number(preference);
            }
            case 16:
            case 99:
                while (data.ok() && data.remaining() != 0) {
                    out_.put(" \"");
                    out_.escaped(data.take(data.u8()));
                    out_.put('"');
                }
                return;
            case 28:
                if (const Bytes address = data.take(16); data.ok()) {
                    out_.put(' ');
                    out_.ipv6(address.first<16>());
                }
                return;
            case 33:
                return service(data);
            default:
                return;
        }
    }

    /// -v of an SOA.
    void authority(Cursor& data) {
        name(data);
        name(data);
        for (unsigned i = 0; i < 5 && data.ok(); ++i) {
            out_.put(' ');
            out_.number(data.u32());
        }
    }

    void service(Cursor& data) {
        const unsigned priority = data.u16();
        const unsigned weight = data.u16();
        const unsigned port = data.u16();
        name(data);
        out_.put(':');
        out_.number(port);
        out_.put(' ');
        out_.number(priority);
        out_.put(' ');
        out_.number(weight);
    }

    Bytes message_;
    Cursor at_;
    Text& out_;
    Flavour flavour_;
    std::uint8_t verbosity_;
};

}  // namespace

void print_message(const Packet& packet, const Layer& layer, Text& out, Flavour flavour) {
    Bytes message = packet.header(layer);
    if (over_tcp(packet, &layer) && message.size() >= 2) message = message.subspan(2);
    Printer(message, out, flavour, packet.verbosity).run(message.size());
}

}  // namespace fid::packet::dns
