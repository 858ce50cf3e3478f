// SPDX-License-Identifier: MIT
#include "packet/naming/dhcp_text.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "packet/cursor.h"
#include "packet/verbose.h"

namespace fid::packet {
namespace {

/// How an option's value is shown.
enum class Show : std::uint8_t {
    bytes,      // 1.2.3, decimal
    addresses,  // IPv4, separated by commas
    pairs,      // (address:address)
    words,      // 32 bits
    signeds,    // the same with a sign
    shorts,     // 16 bits
    booleans,   // Y, N
    text,
    node_type,
    overload,
    fqdn,
    client,
    relay,
    routes,
    classes,
    message,
    parameters,
    secret,
};

struct Tag {
    std::uint8_t code;
    std::string_view name;  ///< tcpdump's
    Show show;
};
constexpr std::array tags{
    Tag{1, "Subnet-Mask", Show::addresses},
    Tag{2, "Time-Zone", Show::signeds},
    Tag{3, "Default-Gateway", Show::addresses},
    Tag{4, "Time-Server", Show::addresses},
    Tag{5, "IEN-Name-Server", Show::addresses},
    Tag{6, "Domain-Name-Server", Show::addresses},
    Tag{7, "LOG", Show::addresses},
    Tag{8, "CS", Show::addresses},
    Tag{9, "LPR-Server", Show::addresses},
    Tag{10, "IM", Show::addresses},
    Tag{11, "RL", Show::addresses},
    Tag{12, "Hostname", Show::text},
    Tag{13, "BS", Show::shorts},
    Tag{14, "DP", Show::text},
    Tag{15, "Domain-Name", Show::text},
    Tag{16, "SS", Show::addresses},
    Tag{17, "RP", Show::text},
    Tag{18, "EP", Show::text},
    Tag{19, "IPF", Show::booleans},
    Tag{20, "SRT", Show::booleans},
    Tag{21, "PF", Show::pairs},
    Tag{22, "RSZ", Show::shorts},
    Tag{23, "TTL", Show::bytes},
    Tag{24, "MTU-Timeout", Show::words},
    Tag{25, "MTU-Table", Show::shorts},
    Tag{26, "MTU", Show::shorts},
    Tag{27, "LSN", Show::booleans},
    Tag{28, "BR", Show::addresses},
    Tag{29, "MD", Show::booleans},
    Tag{30, "MS", Show::booleans},
    Tag{31, "Router-Discovery", Show::booleans},
    Tag{32, "RSA", Show::addresses},
    Tag{33, "Static-Route", Show::pairs},
    Tag{34, "UT", Show::booleans},
    Tag{35, "AT", Show::words},
    Tag{36, "IE", Show::booleans},
    Tag{37, "TT", Show::bytes},
    Tag{38, "KI", Show::words},
    Tag{39, "KG", Show::booleans},
    Tag{40, "YD", Show::text},
    Tag{41, "YS", Show::addresses},
    Tag{42, "NTP", Show::addresses},
    Tag{43, "Vendor-Option", Show::bytes},
    Tag{44, "Netbios-Name-Server", Show::addresses},
    Tag{45, "WDD", Show::addresses},
    Tag{46, "Netbios-Node", Show::node_type},
    Tag{47, "Netbios-Scope", Show::text},
    Tag{48, "XFS", Show::addresses},
    Tag{49, "XDM", Show::addresses},
    Tag{50, "Requested-IP", Show::addresses},
    Tag{51, "Lease-Time", Show::words},
    Tag{52, "OO", Show::overload},
    Tag{53, "DHCP-Message", Show::message},
    Tag{54, "Server-ID", Show::addresses},
    Tag{55, "Parameter-Request", Show::parameters},
    Tag{56, "MSG", Show::text},
    Tag{57, "MSZ", Show::shorts},
    Tag{58, "RN", Show::words},
    Tag{59, "RB", Show::words},
    Tag{60, "Vendor-Class", Show::text},
    Tag{61, "Client-ID", Show::client},
    Tag{64, "N+D", Show::shorts},
    Tag{65, "N+S", Show::addresses},
    Tag{66, "TFTP", Show::text},
    Tag{67, "BF", Show::text},
    Tag{68, "MH", Show::addresses},
    Tag{69, "SMTP", Show::addresses},
    Tag{70, "POP3", Show::addresses},
    Tag{71, "NNTP", Show::addresses},
    Tag{72, "WWW", Show::addresses},
    Tag{73, "FG", Show::addresses},
    Tag{74, "IRC", Show::addresses},
    Tag{75, "STS", Show::addresses},
    Tag{76, "STDA", Show::addresses},
    Tag{77, "User-Class", Show::classes},
    Tag{78, "SLP-DA", Show::bytes},
    Tag{79, "SLP-SCOPE", Show::bytes},
    Tag{80, "SLP-NA", Show::text},
    Tag{81, "FQDN", Show::fqdn},
    Tag{82, "Agent-Information", Show::relay},
    Tag{83, "ARMT", Show::bytes},
    Tag{84, "AMSK", Show::bytes},
    Tag{88, "TZSTR", Show::text},
    Tag{89, "FQDNS", Show::bytes},
    Tag{90, "AUTH", Show::secret},
    Tag{91, "VINES", Show::addresses},
    Tag{92, "RANK", Show::shorts},
    Tag{93, "ARCH", Show::shorts},
    Tag{94, "NDI", Show::bytes},
    Tag{95, "LDAP", Show::text},
    Tag{96, "6o4", Show::addresses},
    Tag{97, "GUID", Show::bytes},
    Tag{98, "UAP", Show::text},
    Tag{100, "POSIX-TZ", Show::text},
    Tag{101, "TZ-Name", Show::text},
    Tag{108, "IPv6-Only-Preferred", Show::words},
    Tag{110, "IPX", Show::bytes},
    Tag{112, "NI", Show::addresses},
    Tag{113, "NITAG", Show::text},
    Tag{114, "URL", Show::text},
    Tag{115, "FAIL", Show::bytes},
    Tag{116, "NOAUTO", Show::booleans},
    Tag{117, "NSSEARCH", Show::shorts},
    Tag{118, "SUBNET", Show::addresses},
    Tag{121, "Classless-Static-Route", Show::routes},
    Tag{150, "TFTP-Server-Address", Show::addresses},
    Tag{161, "MUD-URL", Show::text},
    Tag{249, "Classless-Static-Route-Microsoft", Show::routes},
};
constexpr std::uint8_t pad = 0, end = 255;

std::string_view tag_name(std::uint8_t code) {
    const auto* const found = std::ranges::lower_bound(tags, code, {}, &Tag::code);
    return found != tags.end() && found->code == code ? found->name : "Unknown";
}

/// An option nobody names is shown in the widest numbers that fit its length.
Show show_of(std::uint8_t code, std::size_t length) {
    const auto* const found = std::ranges::lower_bound(tags, code, {}, &Tag::code);
    if (found != tags.end() && found->code == code) return found->show;
    if (length % 2 != 0) return Show::bytes;
    return length % 4 != 0 ? Show::shorts : Show::words;
}

class Printer {
  public:
    Printer(std::uint8_t verbosity, Text& out) : verbosity_(verbosity), out_(out) {}

    void options(Cursor at) {
        while (at.ok() && at.remaining() != 0) {
            const std::uint8_t code = at.u8();
            const bool bare = code == pad || code == end;
            if (code == end && verbosity_ < 3) return;
            if (code == pad && verbosity_ < 3) continue;
            const std::size_t length = bare ? 0 : at.u8();
            line("    ");
            out_.put(code == pad ? "PAD" : code == end ? "END" : tag_name(code));
            number(" (", code);
            number("), length ", length);
            if (bare) {
                if (code == end) return;
                continue;
            }
            if (length != 0) out_.put(": ");
            const Bytes value = at.take(length);
            if (!at.ok()) {
                number("[|rfc1048 ", length);
                return out_.put(']');
            }
            show(code, show_of(code, length), value);
        }
    }

  private:
    void line(std::string_view indent) {
        out_.put("\n\t");
        out_.put(indent);
    }
    void number(std::string_view words, std::uint64_t value) {
        out_.put(words);
        out_.number(value);
    }
    void quoted(Bytes text) {
        out_.put('"');
        out_.escaped(text);
        out_.put('"');
    }

    /// `each` of the units of `size` bytes, separated by `separator`; what is left over is told.
    template <class Each>
    void list(Bytes value, std::size_t size, char separator, Each each) {
        Cursor at(value);
        for (bool first = true; at.remaining() >= size; first = false) {
            if (!first) out_.put(separator);
            each(at);
        }
        if (at.remaining() != 0) number("\n\t  trailing data length ", at.remaining());
    }

    void show(std::uint8_t code, Show how, Bytes value) {
        const auto address = [&](Cursor& at) { out_.ipv4(at.u32()); };
        switch (how) {
            case Show::bytes:
                return list(value, 1, '.', [&](Cursor& at) { out_.number(at.u8()); });
            case Show::addresses:
                return list(value, 4, ',', address);
            case Show::pairs:
                return list(value, 8, ',', [&](Cursor& at) {
                    out_.put('(');
                    address(at);
                    out_.put(':');
                    address(at);
                    out_.put(')');
                });
            case Show::words:
                return list(value, 4, ',', [&](Cursor& at) { out_.number(at.u32()); });
            case Show::signeds:
                return list(value, 4, ',',
                            [&](Cursor& at) { out_.number_signed(static_cast<std::int32_t>(at.u32())); });
            case Show::shorts:
                return list(value, 2, ',', [&](Cursor& at) { out_.number(at.u16()); });
            case Show::booleans:
                return list(value, 1, ',', [&](Cursor& at) {
                    const std::uint8_t one = at.u8();
                    if (one < 2) return out_.put(one == 0 ? 'N' : 'Y');
                    out_.number(one);
                    out_.put('?');
                });
            case Show::text:
                return quoted(value);
            case Show::secret:
                return out_.put(masked);
            case Show::message:
                return message(value);
            case Show::parameters:
                return parameters(value);
            case Show::client:
                return client(value);
            case Show::relay:
                return relay(value);
            case Show::routes:
                return routes(value);
            case Show::classes:
                return classes(value);
            case Show::fqdn:
                return fqdn(value);
            case Show::node_type:
            case Show::overload:
                return word(code, value);
        }
    }

    void word(std::uint8_t code, Bytes value) {
        constexpr std::array<std::string_view, 4> overloads{"", "file", "sname", "file+sname"};
        if (value.empty()) return out_.put("ERROR: length < 1 bytes");
        constexpr std::uint8_t node_type = 46;
        const std::uint8_t one = value[0];
        if (code != node_type && one != 0 && one < overloads.size()) return out_.put(overloads[one]);
        if (code == node_type && one == 1) return out_.put("b-node");
        if (code == node_type && one == 2) return out_.put("p-node");
        if (code == node_type && one == 4) return out_.put("m-node");
        if (code == node_type && one == 8) return out_.put("h-node");
        out_.put('#');
        out_.number(one);
    }

    void message(Bytes value) {
        constexpr std::array<std::string_view, 9> types{"",    "Discover", "Offer",   "Request", "Decline",
                                                        "ACK", "NACK",     "Release", "Inform"};
        if (value.size() != 1) return show(0, Show::bytes, value);
        if (value[0] != 0 && value[0] < types.size()) return out_.put(types[value[0]]);
        number("Unknown (", value[0]);
        out_.put(')');
    }

    void parameters(Bytes value) {
        constexpr std::size_t per_line = 4;
        for (std::size_t i = 0; i < value.size(); ++i) {
            if (i % per_line == 0)
                line("      ");
            else
                out_.put(", ");
            out_.put(value[i] == pad ? "PAD" : value[i] == end ? "END" : tag_name(value[i]));
            number(" (", value[i]);
            out_.put(')');
        }
    }

    void client(Bytes value) {
        if (value.empty()) return out_.put("ERROR: length < 1 bytes");
        const std::uint8_t type = value[0];
        if (type == 0) return quoted(value.subspan(1));
        switch (type) {
            case 1:
                out_.put("ether ");
                break;
            case 6:
                out_.put("ieee802 ");
                break;
            case 7:
                out_.put("arcnet ");
                break;
            case 15:
                out_.put("frelay ");
                break;
            case 23:
                out_.put("strip ");
                break;
            case 24:
                out_.put("ieee1394 ");
                break;
            default:
                number("hardware-type ", type);
                out_.put(", ");
        }
        out_.hex_bytes(value.subspan(1), ":");
    }

    void relay(Bytes value) {
        Cursor at(value);
        while (at.remaining() >= 2) {
            const std::uint8_t code = at.u8();
            const std::size_t length = at.u8();
            line("      ");
            out_.put(code == 1   ? "Circuit-ID"
                     : code == 2 ? "Remote-ID"
                     : code == 5 ? "Link-selection"
                     : code == 6 ? "Subscriber-ID"
                                 : "Unknown");
            number(" SubOption ", code);
            number(", length ", length);
            out_.put(": ");
            const Bytes one = at.take(length);
            if (!at.ok()) return out_.put("length goes past end of option");
            if (code == 5 && length == 4)
                out_.ipv4(Cursor(one).u32());
            else if (code == 1 || code == 2 || code == 6)
                out_.escaped(one);
            else
                write_hex_rows(one, "\n\t\t", false, out_);
        }
    }

    void routes(Bytes value) {
        if (value.size() < 5) return out_.put("ERROR: length < 5 bytes");
        Cursor at(value);
        for (bool first = true; at.remaining() != 0; first = false) {
            if (!first) out_.put(',');
            const unsigned width = at.u8();
            const unsigned octets = (width + 7) / 8;
            if (width > 32 || at.remaining() < octets + 4) {
                number(width > 32 ? "[ERROR: Mask width (" : "[ERROR: Remaining length (",
                       width > 32 ? width : at.remaining());
                out_.put(width > 32 ? ") > 32]" : ") is too short]");
                return;
            }
            out_.put('(');
            if (width == 0) out_.put("default");
            for (unsigned i = 0; width != 0 && i < 4; ++i) {
                if (i != 0) out_.put('.');
                out_.number(i < octets ? at.u8() : 0);
            }
            if (width != 0) number("/", width);
            out_.put(':');
            out_.ipv4(at.u32());
            out_.put(')');
        }
    }

    void classes(Bytes value) {
        if (value.size() < 2) return out_.put("ERROR: length < 2 bytes");
        Cursor at(value);
        for (unsigned i = 1; at.remaining() != 0; ++i) {
            const std::size_t length = at.u8();
            line("      ");
            number("instance#", i);
            out_.put(": ");
            if (length == 0) return out_.put("ERROR: suboption length must be non-zero");
            const Bytes one = at.take(length);
            if (!at.ok()) return out_.put("ERROR: invalid option");
            quoted(one);
            number(", length ", length);
        }
    }

    void fqdn(Bytes value) {
        if (value.size() < 3) return out_.put("ERROR: length < 3 bytes");
        constexpr std::string_view letters = "SOEN";
        if (value[0] != 0) {
            out_.put('[');
            for (std::size_t i = 0; i < letters.size(); ++i)
                if ((value[0] >> i & 1U) != 0) out_.put(letters[i]);
            out_.put("] ");
        }
        if (value[1] != 0 || value[2] != 0) {
            out_.number(value[1]);
            number("/", value[2]);
            out_.put(' ');
        }
        quoted(value.subspan(3));
    }

    std::uint8_t verbosity_;
    Text& out_;
};

Bytes until_zero(Bytes bytes) {
    return bytes.first(static_cast<std::size_t>(std::ranges::find(bytes, 0) - bytes.begin()));
}

}  // namespace

void write_dhcp(Bytes message, std::uint8_t verbosity, Text& out) {
    constexpr std::size_t header_size = 236;
    constexpr std::uint32_t magic = 0x63825363;  // RFC 2132 section 2
    const auto number = [&](std::string_view words, std::uint64_t value) {
        if (value == 0) return;
        out.put(words);
        out.number(value);
    };
    if (message.size() < header_size) return out.put(" [|bootp]");
    Cursor at(message);
    at.skip(1);
    const std::uint8_t type = at.u8();
    const std::uint8_t size = at.u8();
    if (type != 1) number(", htype ", type);
    if (type != 1 || size != 6) number(", hlen ", size);
    number(", hops ", at.u8());
    if (const std::uint32_t id = at.u32(); id != 0) {
        out.put(", xid 0x");
        out.hex(id);
    }
    number(", secs ", at.u16());
    const std::uint16_t flags = at.u16();
    out.put((flags & 0x8000U) != 0 ? ", Flags [Broadcast]" : ", Flags [none]");
    if (verbosity > 1) {
        out.put(" (0x");
        out.hex(flags, 4);
        out.put(')');
    }
    for (const std::string_view name : {"Client-IP ", "Your-IP ", "Server-IP ", "Gateway-IP "}) {
        const std::uint32_t address = at.u32();
        if (address == 0) continue;
        out.put("\n\t  ");
        out.put(name);
        out.ipv4(address);
    }
    const Bytes hardware = at.take(16);
    if (type == 1 && size == 6) {
        out.put("\n\t  Client-Ethernet-Address ");
        out.mac(hardware.first(6));
    }
    for (const auto& [name, width] : {std::pair<std::string_view, std::size_t>{"sname", 64}, {"file", 128}}) {
        const Bytes text = until_zero(at.take(width));
        if (text.empty()) continue;
        out.put("\n\t  ");
        out.put(name);
        out.put(" \"");
        out.escaped(text);
        out.put('"');
    }
    const std::uint32_t cookie = at.u32();
    if (!at.ok() || cookie == 0) return;
    if (cookie != magic) {
        out.put("\n\t  Vendor-#0x");
        return out.hex(cookie, 8);
    }
    out.put("\n\t  Vendor-rfc1048 Extensions\n\t    Magic Cookie 0x");
    out.hex(cookie, 8);
    Printer(verbosity, out).options(at);
}

}  // namespace fid::packet
