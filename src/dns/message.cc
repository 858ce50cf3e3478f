// SPDX-License-Identifier: MIT
#include "dns/message.h"

#include <algorithm>

#include "packet/naming/dns_name.h"

namespace fid::dns {
namespace {

using packet::Cursor;
namespace wire = packet::dns;

/// Appends to a buffer of fixed size; once it is full nothing more counts.
class Writer {
  public:
    explicit Writer(std::span<std::uint8_t> into) : into_(into) {}

    void u8(unsigned value) {
        if (at_ < into_.size()) into_[at_] = static_cast<std::uint8_t>(value);
        ++at_;
    }
    void u16(unsigned value) {
        u8(value >> 8U);
        u8(value & 0xffU);
    }
    void bytes(Bytes bytes) {
        if (at_ + bytes.size() <= into_.size())
            std::ranges::copy(bytes, into_.begin() + static_cast<std::ptrdiff_t>(at_));
        at_ += bytes.size();
    }
    void zeros(std::size_t count) {
        for (std::size_t i = 0; i < count; ++i) u8(0);
    }
    /// Overwrites two bytes that are written already.
    void patch_u16(std::size_t at, std::size_t value) {
        if (at + 2 > into_.size()) return;
        into_[at] = static_cast<std::uint8_t>(value >> 8U);
        into_[at + 1] = static_cast<std::uint8_t>(value);
    }
    [[nodiscard]] std::size_t size() const { return at_; }
    [[nodiscard]] bool fits() const { return at_ <= into_.size(); }

  private:
    std::span<std::uint8_t> into_;
    std::size_t at_ = 0;
};

void write_option(Writer& out, std::uint16_t code, Bytes data) {
    out.u16(code);
    out.u16(static_cast<unsigned>(data.size()));
    out.bytes(data);
}

/// RFC 7871 section 6: as many bytes of the address as the prefix has.
void write_subnet(Writer& out, const Prefix& subnet) {
    const Address base(subnet.family(), subnet.first());
    const auto address = base.bytes();
    const std::size_t size = (subnet.length() + 7U) / 8;
    out.u16(option::client_subnet);
    out.u16(static_cast<unsigned>(4 + size));
    out.u16(base.is_v4() ? 1 : 2);
    out.u8(subnet.length());
    out.u8(0);
    out.bytes(Bytes(address).first(size));
}

void write_edns(Writer& out, const Edns& edns) {
    out.u8(0);  // the root
    out.u16(type::opt);
    out.u16(edns.udp_size);
    out.u8(0);  // the extended response code
    out.u8(edns.version);
    out.u16(edns.flags);
    const std::size_t length_at = out.size();
    out.u16(0);
    if (edns.nsid) write_option(out, option::nsid, {});
    if (edns.subnet) write_subnet(out, *edns.subnet);
    if (!edns.cookie.empty()) write_option(out, option::cookie, edns.cookie);
    if (edns.expire) write_option(out, option::expire, {});
    if (edns.keepalive) write_option(out, option::keepalive, {});
    for (const Edns::Option& each : edns.others) write_option(out, each.code, each.data);
    if (edns.padding != 0) {
        const std::size_t over = (out.size() + 4) % edns.padding;
        const std::size_t count = over == 0 ? 0 : edns.padding - over;
        out.u16(option::padding);
        out.u16(static_cast<unsigned>(count));
        out.zeros(count);
    }
    out.patch_u16(length_at, out.size() - length_at - 2);
}

/// A SOA record of the question's name of which only the serial means anything.
void write_serial(Writer& out, const Question& question, std::uint32_t serial) {
    constexpr unsigned first_name = 0xc000U | header_size;
    constexpr std::size_t timers_size = 16;
    out.u16(first_name);
    out.u16(type::soa);
    out.u16(question.klass);
    out.zeros(4);  // the TTL
    out.u16(2 + 4 + timers_size);
    out.zeros(2);  // two names, the root
    out.u16(serial >> 16U);
    out.u16(serial & 0xffffU);
    out.zeros(timers_size);
}

}  // namespace

std::size_t write_query(std::span<std::uint8_t> into, std::uint16_t id, const Question& question,
                        const QueryOptions& options) {
    Writer out(into);
    out.u16(id);
    out.u16(options.flags | (options.opcode & 15U) << 11U);
    out.u16(1);
    out.u16(0);
    out.u16(options.serial ? 1 : 0);
    out.u16(options.edns ? 1 : 0);
    out.bytes(question.name.wire());
    out.u16(question.type);
    out.u16(question.klass);
    if (options.serial) write_serial(out, question, *options.serial);
    if (options.edns) write_edns(out, *options.edns);
    return out.fits() ? out.size() : 0;
}

std::span<std::uint8_t> name_in_query(std::span<std::uint8_t> query, const Question& question) {
    return query.subspan(header_size, question.name.wire().size());
}

Match match_reply(Bytes reply, std::uint16_t id, const Question& question, bool exact_case) {
    Cursor at(reply);
    const Header header = wire::read_header(at);
    if (!at.ok()) return Match::too_short;
    if (header.id != id) return Match::other_id;
    if (!header.has(wire::flag_response)) return Match::no_response;
    if (header.questions == 0) return header.rcode() == rcode::no_error ? Match::other_question : Match::yes;
    // Nobody compresses the first name, as there is nothing before it to point to.
    const Bytes name = at.take(question.name.wire().size());
    const std::uint16_t type = at.u16();
    const std::uint16_t klass = at.u16();
    const bool same =
        exact_case ? std::ranges::equal(name, question.name.wire()) : same_name(name, question.name.wire());
    const bool ours = at.ok() && header.questions == 1 && same && type == question.type && klass == question.klass;
    return ours ? Match::yes : Match::other_question;
}

std::optional<Message> Message::open(Bytes bytes) {
    Cursor at(bytes);
    const Header header = wire::read_header(at);
    if (!at.ok()) return std::nullopt;
    return Message(bytes, header);
}

std::optional<Question> Message::question() const {
    if (header_.questions == 0) return std::nullopt;
    Cursor at(bytes_);
    at.skip(header_size);
    const auto name = Name::read(at, bytes_);
    const std::uint16_t type = at.u16();
    const std::uint16_t klass = at.u16();
    if (!name || !at.ok()) return std::nullopt;
    return Question{*name, type, klass};
}

std::optional<Name> Message::name(std::size_t offset) const {
    Cursor at(bytes_);
    at.seek(offset);
    return Name::read(at, bytes_);
}

std::optional<EdnsView> Message::edns() const {
    Records records(*this);
    for (Record record; records.next(record);) {
        if (record.type != type::opt || record.section != Section::additional) continue;
        Cursor at(bytes_);
        at.seek(record.rdata_at - 6);  // the TTL, whose bits mean something else, and the length
        EdnsView view{.udp_size = record.klass, .options = rdata(record)};
        view.extended_rcode = at.u8();
        view.version = at.u8();
        view.flags = at.u16();
        return view;
    }
    return std::nullopt;
}

unsigned Message::rcode(const std::optional<EdnsView>& edns) const {
    return header_.rcode() | (edns ? unsigned{edns->extended_rcode} << 4U : 0U);
}

bool Message::whole() const {
    Cursor at(bytes_);
    at.skip(header_size);
    for (unsigned i = 0; i < header_.questions && at.ok(); ++i) {
        (void)Name::read(at, bytes_);
        at.skip(4);
    }
    if (!at.ok()) return false;
    Records records(*this);
    for (Record record; records.next(record);)
        if (!name(record.name_at)) return false;
    return records.ok();
}

Records::Records(const Message& message) : at_(message.bytes()) {
    const Header& header = message.header();
    left_[1] = header.answers;
    left_[2] = header.authorities;
    left_[3] = header.additionals;
    at_.skip(header_size);
    for (unsigned i = 0; i < header.questions && at_.ok(); ++i) {
        packet::skip_dns_name(at_);
        at_.skip(4);
    }
}

bool Records::next(Record& record) {
    while (section_ <= 3 && left_[section_] == 0) ++section_;
    if (section_ > 3 || !at_.ok()) return false;
    --left_[section_];
    record.section = static_cast<Section>(section_);
    record.name_at = at_.offset();
    packet::skip_dns_name(at_);
    record.type = at_.u16();
    record.klass = at_.u16();
    const std::uint32_t ttl = at_.u32();
    record.ttl = ttl >> 31U != 0 ? 0 : ttl;
    record.rdata_size = at_.u16();
    record.rdata_at = at_.offset();
    at_.skip(record.rdata_size);
    return at_.ok();
}

std::optional<OptionView> take_option(Bytes& rest) {
    Cursor at(rest);
    OptionView view;
    view.code = at.u16();
    const std::size_t size = at.u16();
    view.data = at.take(size);
    if (!at.ok()) return std::nullopt;
    rest = at.rest();
    return view;
}

}  // namespace fid::dns
