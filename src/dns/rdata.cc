// SPDX-License-Identifier: MIT
#include "dns/rdata.h"

#include "dns/rdata_parts.h"
#include "encoding/base64.h"

namespace fid::dns {
namespace {

using report::List;
using report::Object;
using report::Value;

std::string text_of(Bytes bytes) { return std::string(as_text(bytes)); }

std::string hex_of(Bytes bytes) {
    Text out;
    out.hex_bytes(bytes);
    return out.take();
}

std::string address_of(Bytes bytes) {
    return (bytes.size() == 4 ? Address::from_bytes(bytes.first<4>()) : Address::from_bytes(bytes.first<16>())).text();
}

std::optional<List> strings_of(Bytes rest) {
    List list;
    packet::Cursor at(rest);
    while (at.remaining() != 0) list.emplace_back(text_of(at.take(at.u8())));
    if (!at.ok()) return std::nullopt;
    return list;
}

template <class Make>
Value elements(Bytes value, std::size_t size, Make make) {
    List list;
    for (; value.size() >= size; value = value.subspan(size)) list.push_back(Value(make(value.first(size))));
    return list;
}

Value param_value(const SvcParam& param) {
    const auto number = [](Bytes bytes) { return packet::Cursor(bytes).u16(); };
    switch (param.key) {
        case svc::mandatory:
            return elements(param.value, 2, [&](Bytes one) { return param_text(number(one)); });
        case svc::alpn:
            if (auto list = strings_of(param.value)) return std::move(*list);
            return {};
        case svc::no_default_alpn:
            return true;
        case svc::port:
            return unsigned{number(param.value)};
        case svc::ipv4hint:
            return elements(param.value, 4, address_of);
        case svc::ipv6hint:
            return elements(param.value, 16, address_of);
        case svc::ech:
            return encoding::base64(as_text(param.value));
        default:
            return text_of(param.value);
    }
}

std::optional<Object> params_of(Bytes rest) {
    Object params;
    while (!rest.empty()) {
        const auto param = take_param(rest);
        if (!param) return std::nullopt;
        params.emplace_back(param_text(param->key), param_value(*param));
    }
    return params;
}

/// Whatever is text in a zone file in a way of its own is the same text here.
Value value_of(Part part, const Piece& piece) {
    switch (part) {
        case Part::u8:
        case Part::u16:
        case Part::u32:
        case Part::u48:
        case Part::certificate:
        case Part::algorithm:
            return piece.number;
        case Part::ipv4:
        case Part::ipv6:
            return address_of(piece.bytes);
        case Part::name:
            return piece.name->text();
        case Part::string:
        case Part::word:
        case Part::text:
            return text_of(piece.bytes);
        case Part::hex:
        case Part::salt:
        case Part::nsap:
            return hex_of(piece.bytes);
        case Part::type:
            return type_text(static_cast<std::uint16_t>(piece.number));
        case Part::base64:
        case Part::base64_last:
        case Part::counted:
            return encoding::base64(as_text(piece.bytes));
        case Part::params:
            if (auto params = params_of(piece.bytes)) return std::move(*params);
            return {};
        case Part::strings:
            if (auto list = strings_of(piece.bytes)) return std::move(*list);
            return {};
        case Part::error:
            return tsig_error_text(static_cast<unsigned>(piece.number));
        case Part::types: {
            List list;
            const bool whole = walk_types(piece.bytes, [&](std::uint16_t type) { list.emplace_back(type_text(type)); });
            return whole ? Value(std::move(list)) : Value();
        }
        case Part::hash:
        case Part::time:
        case Part::eui:
        case Part::groups: {
            Text out;
            return write_part(part, piece, out) ? Value(out.take()) : Value();
        }
    }
    return {};
}

}  // namespace

Object rdata_fields(const Message& message, const Record& record) {
    Object fields;
    const Bytes rdata = message.rdata(record);
    packet::Cursor at(rdata);
    for (const RdataPart& each : rdata_parts(record.type)) {
        const Piece piece = take_part(each.part, at, message.bytes());
        if (!at.ok()) return {};
        Value value = value_of(each.part, piece);
        if (value.is_null()) return {};
        fields.emplace_back(each.name, std::move(value));
    }
    if (at.remaining() != 0) return {};
    if (record.type == type::dnskey || record.type == type::cdnskey)
        fields.emplace_back("key_tag", unsigned{key_tag(rdata)});
    return fields;
}

std::optional<Name> rdata_name(const Message& message, const Record& record) {
    packet::Cursor at(message.rdata(record));
    for (const RdataPart& each : rdata_parts(record.type)) {
        Piece piece = take_part(each.part, at, message.bytes());
        if (!at.ok()) return std::nullopt;
        if (piece.name) return piece.name;
    }
    return std::nullopt;
}

std::vector<std::uint8_t> plain_rdata(const Message& message, const Record& record) {
    const Bytes rdata = message.rdata(record);
    packet::Cursor at(rdata);
    std::vector<std::uint8_t> plain;
    const auto add = [&](Bytes bytes) { plain.insert(plain.end(), bytes.begin(), bytes.end()); };
    for (const RdataPart& each : rdata_parts(record.type)) {
        const std::size_t before = at.offset();
        const Piece piece = take_part(each.part, at, message.bytes());
        if (!at.ok()) return {rdata.begin(), rdata.end()};
        add(piece.name ? piece.name->wire() : rdata.subspan(before, at.offset() - before));
    }
    add(at.rest());
    return plain;
}

std::optional<Address> rdata_address(const Message& message, const Record& record) {
    const Bytes rdata = message.rdata(record);
    if (record.type == type::a && rdata.size() == 4) return Address::from_bytes(rdata.first<4>());
    if (record.type == type::aaaa && rdata.size() == 16) return Address::from_bytes(rdata.first<16>());
    return std::nullopt;
}

std::uint16_t key_tag(Bytes dnskey) {
    constexpr std::uint8_t rsa_md5 = 1;
    // RFC 4034 appendix B.1: the algorithm of 1999 takes it from the key's own end.
    if (dnskey.size() > 7 && dnskey[3] == rsa_md5)
        return static_cast<std::uint16_t>(dnskey[dnskey.size() - 3] << 8U | dnskey[dnskey.size() - 2]);
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i < dnskey.size(); ++i) sum += i % 2 == 0 ? std::uint32_t{dnskey[i]} << 8U : dnskey[i];
    return static_cast<std::uint16_t>(sum + (sum >> 16U));
}

}  // namespace fid::dns
