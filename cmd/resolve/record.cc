// SPDX-License-Identifier: MIT
#include "cmd/resolve/record.h"

#include <algorithm>
#include <array>

#include "dns/rdata.h"

namespace fid::cmd::resolve {
namespace {

using report::Field;
using report::List;
using report::Object;
using report::Record;
using report::Type;
using report::Value;
namespace wire = packet::dns;

constexpr std::array answer_fields{
    Field{"name", Type::text, "the name that was asked for"},
    Field{"qtype", Type::text, "the type that was asked for"},
    Field{"class", Type::text, "the class that was asked for"},
    Field{"status", Type::text, "the answer's code: NOERROR, NXDOMAIN, SERVFAIL...; null where there is no answer"},
    Field{"server", Type::text, "who answered, or was asked last"},
    Field{"transport", Type::text, "udp, tcp, tls, https or mdns"},
    Field{"rtt_ms", Type::real, "time from the question to the answer, connecting not included"},
    Field{"size_bytes", Type::integer, "size of the answer"},
    Field{"flags", Type::list, "qr aa tc rd ra ad cd, those that are set"},
    Field{"answers", Type::list, "records: name, ttl, class, type, data as text, and named values by type"},
    Field{"authority", Type::list, "records of that section"},
    Field{"additional", Type::list, "records of that section, without OPT"},
    Field{"edns", Type::object, "version, udp_size_bytes, dnssec_ok and options of the answer; null without EDNS"},
    Field{"extended_error", Type::list, "code, name and text of each (RFC 8914)"},
    Field{"error", Type::text, "why there is no answer"},
    Field{"attempts", Type::integer, "--bulk: how often it was asked"},
    Field{"line", Type::integer, "--bulk: of the list, --sweep: which address, from 1"},
    Field{"time", Type::time, "--watch: when the answer came"},
    Field{"changed", Type::boolean, "--watch: the answer is another one than before"},
};
constexpr std::array line_fields{
    Field{"name", Type::text, "owner of the record"},
    Field{"ttl", Type::integer, "seconds it may be kept"},
    Field{"type", Type::text, "its type"},
    Field{"data", Type::text, "what it says"},
};

struct Flag {
    unsigned bit;
    std::string_view name;
};
constexpr std::array flags{Flag{wire::flag_response, "qr"},
                           Flag{wire::flag_authoritative, "aa"},
                           Flag{wire::flag_truncated, "tc"},
                           Flag{wire::flag_recursion_desired, "rd"},
                           Flag{wire::flag_recursion_available, "ra"},
                           Flag{wire::flag_authenticated, "ad"},
                           Flag{wire::flag_checking_disabled, "cd"}};

std::string hex(Bytes bytes) {
    Text out;
    out.hex_bytes(bytes);
    return out.take();
}

}  // namespace

Value record_value(const dns::Message& message, const dns::Record& record, bool generic) {
    Object object;
    const auto name = message.name(record.name_at);
    object.emplace_back("name", name ? Value(name->text()) : Value());
    object.emplace_back("ttl", record.ttl);
    object.emplace_back("class", dns::class_text(record.klass));
    object.emplace_back("type", dns::type_text(record.type));
    Text data;
    dns::write_rdata(message, record, data, {.generic = generic});
    object.emplace_back("data", data.take());
    for (auto& field : dns::rdata_fields(message, record)) object.push_back(std::move(field));
    return object;
}

std::string subnet_text(Bytes data) {
    packet::Cursor at(data);
    const unsigned family = at.u16();
    const unsigned source = at.u8(), scope = at.u8();
    const std::size_t size = family == 1 ? 4 : 16;
    if (!at.ok() || (family != 1 && family != 2) || at.remaining() > size) return hex(data);
    std::array<std::uint8_t, 16> bytes{};
    const Bytes given = at.rest();
    std::ranges::copy(given, bytes.begin());
    const Address address = size == 4 ? Address::from_bytes(std::span(bytes).first<4>())
                                      : Address::from_bytes(std::span<const std::uint8_t, 16>(bytes));
    return address.text() + "/" + std::to_string(source) + "/" + std::to_string(scope);
}

namespace {

Value option_value(const dns::OptionView& option) {
    Object object;
    object.emplace_back("code", unsigned{option.code});
    const std::string_view name = dns::option_text(option.code);
    object.emplace_back("name", name.empty() ? Value() : Value(name));
    switch (option.code) {
        case dns::option::nsid:
            object.emplace_back("text", as_text(option.data));
            break;
        case dns::option::client_subnet:
            object.emplace_back("subnet", subnet_text(option.data));
            break;
        case dns::option::padding:
            object.emplace_back("size_bytes", option.data.size());
            return object;
        default:
            break;
    }
    object.emplace_back("data", hex(option.data));
    return object;
}

Value extended_error_value(Bytes data) {
    packet::Cursor at(data);
    const std::uint16_t code = at.u16();
    if (!at.ok()) return {};
    const std::string_view name = dns::extended_error_text(code);
    return Object{
        {"code", unsigned{code}}, {"name", name.empty() ? Value() : Value(name)}, {"text", as_text(at.rest())}};
}

void set_edns(const dns::Message& message, Record& record) {
    const auto edns = message.edns();
    if (!edns) return;
    List options;
    List errors;
    Bytes rest = edns->options;
    while (const auto option = dns::take_option(rest)) {
        if (option->code == dns::option::extended_error)
            errors.push_back(extended_error_value(option->data));
        else
            options.push_back(option_value(*option));
    }
    record.set("edns", Object{{"version", unsigned{edns->version}},
                              {"udp_size_bytes", unsigned{edns->udp_size}},
                              {"dnssec_ok", (edns->flags & dns::flag_dnssec_ok) != 0},
                              {"options", Value(std::move(options))}});
    record.set("extended_error", std::move(errors));
}

}  // namespace

constinit const report::RecordType answer_record{"answer", "What a server answered to one question.", answer_fields};
constinit const report::RecordType line_record{"line", "One record.", line_fields};

std::vector<std::string_view> flag_names(const dns::Header& header) {
    std::vector<std::string_view> names;
    for (const Flag& flag : flags)
        if (header.has(flag.bit)) names.push_back(flag.name);
    return names;
}

report::Record describe(const Outcome& outcome, const Settings& settings) {
    Record record(answer_record);
    record.set("name", outcome.question.name.text());
    record.set("qtype", dns::type_text(outcome.question.type));
    record.set("class", dns::class_text(outcome.question.klass));
    record.set("server", outcome.server.text());
    record.set("transport", dns::carrier_name(outcome.server.carrier));
    if (!outcome.answer) {
        record.set("error", outcome.answer.error().sentence());
        return record;
    }
    const dns::Answer& answer = *outcome.answer;
    const dns::Message message = answer.message();
    record.set("transport", dns::carrier_name(answer.carrier));
    record.set("rtt_ms", std::chrono::duration<double, std::milli>(answer.rtt).count());
    set_message(record, message, settings.generic);
    if (outcome.status() == Status::protocol_violation) record.set("error", "the answer is malformed");
    return record;
}

void set_message(report::Record& record, const dns::Message& message, bool generic) {
    record.set("status", dns::rcode_text(message.rcode(message.edns())));
    record.set("size_bytes", message.bytes().size());
    List names;
    for (const std::string_view name : flag_names(message.header())) names.emplace_back(name);
    record.set("flags", std::move(names));
    std::array<List, 4> sections;
    dns::Records records(message);
    for (dns::Record each; records.next(each);)
        if (each.type != dns::type::opt)
            sections.at(static_cast<std::size_t>(each.section)).push_back(record_value(message, each, generic));
    record.set("answers", std::move(sections[1]));
    record.set("authority", std::move(sections[2]));
    record.set("additional", std::move(sections[3]));
    set_edns(message, record);
}

std::string extended_errors_text(const dns::Message& message) {
    const auto edns = message.edns();
    if (!edns) return {};
    Text out;
    Bytes rest = edns->options;
    while (const auto option = dns::take_option(rest)) {
        packet::Cursor at(option->data);
        const std::uint16_t code = at.u16();
        if (option->code != dns::option::extended_error || !at.ok()) continue;
        if (!out.empty()) out.put("; ");
        const std::string_view name = dns::extended_error_text(code);
        out.put(name.empty() ? "extended error" : name);
        out.put(" (");
        out.number(code);
        out.put(')');
        if (at.remaining() == 0) continue;
        out.put(": ");
        out.put(as_text(at.rest()));
    }
    return out.take();
}

void write_rfc8427(const dns::Message& message, Text& out) {
    const dns::Header& header = message.header();
    Object object{{"ID", unsigned{header.id}},
                  {"QR", header.has(wire::flag_response) ? 1 : 0},
                  {"Opcode", header.opcode()},
                  {"AA", header.has(wire::flag_authoritative) ? 1 : 0},
                  {"TC", header.has(wire::flag_truncated) ? 1 : 0},
                  {"RD", header.has(wire::flag_recursion_desired) ? 1 : 0},
                  {"RA", header.has(wire::flag_recursion_available) ? 1 : 0},
                  {"AD", header.has(wire::flag_authenticated) ? 1 : 0},
                  {"CD", header.has(wire::flag_checking_disabled) ? 1 : 0},
                  {"RCODE", header.rcode()},
                  {"QDCOUNT", unsigned{header.questions}},
                  {"ANCOUNT", unsigned{header.answers}},
                  {"NSCOUNT", unsigned{header.authorities}},
                  {"ARCOUNT", unsigned{header.additionals}}};
    if (const auto question = message.question()) {
        object.emplace_back("QNAME", question->name.text());
        object.emplace_back("QTYPE", unsigned{question->type});
        object.emplace_back("QTYPEname", dns::type_text(question->type));
        object.emplace_back("QCLASS", unsigned{question->klass});
        object.emplace_back("QCLASSname", dns::class_text(question->klass));
    }
    std::array<List, 4> sections;
    dns::Records records(message);
    for (dns::Record each; records.next(each);) {
        const auto name = message.name(each.name_at);
        Object one{{"NAME", name ? Value(name->text()) : Value()}, {"TYPE", unsigned{each.type}},
                   {"TYPEname", dns::type_text(each.type)},        {"CLASS", unsigned{each.klass}},
                   {"CLASSname", dns::class_text(each.klass)},     {"TTL", each.ttl}};
        Text data;
        dns::write_rdata(message, each, data);
        if (each.type != dns::type::opt) one.emplace_back("rdata" + dns::type_text(each.type), data.take());
        one.emplace_back("RDLENGTH", each.rdata_size);
        one.emplace_back("RDATAHEX", hex(message.rdata(each)));
        sections.at(static_cast<std::size_t>(each.section)).push_back(std::move(one));
    }
    object.emplace_back("answerRRs", std::move(sections[1]));
    object.emplace_back("authorityRRs", std::move(sections[2]));
    object.emplace_back("additionalRRs", std::move(sections[3]));
    object.emplace_back("msgLength", message.bytes().size());
    Value(std::move(object)).write_json(out);
    out.put('\n');
}

}  // namespace fid::cmd::resolve
