// SPDX-License-Identifier: MIT
#include "cmd/resolve/bulk_record.h"

#include <array>
#include <charconv>
#include <cstring>

#include "cmd/resolve/layout.h"
#include "cmd/resolve/record.h"
#include "dns/rdata.h"

namespace fid::cmd::resolve {
namespace {

using report::Field;
using report::Type;

constexpr std::array line_fields{
    Field{"name", Type::text, "the name that was asked for; a line that holds none as it stands"},
    Field{"type", Type::text, "the type that was asked for"},
    Field{"status", Type::text, "the answer's code; TIMEOUT, UNREACHABLE or BADNAME where there is none"},
    Field{"data", Type::text, "of the records of that type, commas between them"},
};
constexpr std::array summary_fields{
    Field{"questions", Type::integer, "names times types, bad ones included: so many records were written"},
    Field{"answers", Type::integer, "with records of the type"},
    Field{"no_data", Type::integer, "names that exist, but not with that type"},
    Field{"nxdomain", Type::integer, "names that do not exist"},
    Field{"failures", Type::integer, "SERVFAIL, REFUSED and the like"},
    Field{"timeouts", Type::integer, "without an answer to any attempt"},
    Field{"unreachable", Type::integer, "no server could be reached"},
    Field{"bad_names", Type::integer, "lines that hold no name, times types"},
    Field{"unfinished", Type::integer, "under way when the run was stopped: without a record"},
    Field{"sent", Type::integer, "questions sent, repeated ones and those over TCP included"},
    Field{"over_tcp", Type::integer, "answers that were truncated, and asked for over TCP"},
    Field{"stray", Type::integer, "answers dropped: they came twice, too late, or with an ID nobody had asked with"},
    Field{"mismatched", Type::integer, "answers dropped because they were to another question"},
    Field{"duration_s", Type::real, "seconds it took"},
    Field{"rate", Type::real, "questions a second"},
    Field{"servers", Type::list, "of each: server, sent, answered, lost, refused, rtt_ms, window"},
};

void put_real(Text& text, double value) {
    std::array<char, 32> room;
    const auto end = std::to_chars(room.data(), room.data() + room.size(), value).ptr;
    text.put({room.data(), static_cast<std::size_t>(end - room.data())});
}

/// For text that needs no escaping.
void put_member(Text& text, std::string_view name, std::string_view value) {
    text.put(name);
    text.put('"');
    text.put(value);
    text.put('"');
}

double milliseconds(dns::Nanoseconds time) { return static_cast<double>(time) / 1e6; }

bool wanted(std::uint16_t record, std::uint16_t asked) { return record == asked || asked == dns::type::any; }

}  // namespace

constinit const report::RecordType bulk_line_record{"line", "--bulk: what became of one name and type.", line_fields};
constinit const report::RecordType bulk_summary_record{"summary", "--bulk: the whole run.", summary_fields};

BulkKind kind_of(const dns::BulkResult& result) {
    if (result.end == dns::BulkEnd::timed_out) return BulkKind::timed_out;
    if (result.end == dns::BulkEnd::unreachable) return BulkKind::unreachable;
    const dns::Message message = *dns::Message::open(result.reply);
    if (message.header().rcode() == dns::rcode::name_error) return BulkKind::nxdomain;
    if (message.header().rcode() != dns::rcode::no_error) return BulkKind::failure;
    dns::Records records(message);
    for (dns::Record one; records.next(one) && one.section == dns::Section::answer;)
        if (wanted(one.type, result.question.question.type)) return BulkKind::answer;
    return BulkKind::no_data;
}

BulkWriter::BulkWriter(report::Output& out, const Settings& settings, std::vector<dns::Server> servers)
    : out_(out), settings_(settings), servers_(std::move(servers)) {
    for (const dns::Server& server : servers_) server_texts_.push_back(server.text());
}

void BulkWriter::write(const dns::BulkResult& result) {
    if (out_.plain_text()) {
        if (settings_.layout == Layout::brief)
            put_data(result, out_.text(), "\n");
        else
            write_line(result);
    } else if (out_.format() != report::Format::json || !out_.options().fields.empty() || !write_json(result)) {
        write_record(result);
    }
    out_.line_done();
}

Error BulkWriter::error_of(const dns::BulkResult& result) const {
    const bool late = result.end == dns::BulkEnd::timed_out;
    return {late ? Status::timeout : Status::cannot_connect,
            "no answer from",
            server_texts_[result.server],
            late                   ? "timed out"
            : result.cause.empty() ? std::strerror(result.error)
                                   : std::string(result.cause),
            {}};
}

// ---- records

void BulkWriter::write_record(const dns::BulkResult& result) {
    Outcome outcome;
    outcome.question = result.question.question;
    outcome.server = servers_[result.server];
    if (result.end == dns::BulkEnd::answered) {
        dns::Answer answer;
        answer.bytes.assign(result.reply.begin(), result.reply.end());
        answer.question = outcome.question;
        answer.carrier = result.carrier;
        answer.rtt = std::chrono::nanoseconds(result.round_trip);
        outcome.answer = std::move(answer);
    } else {
        outcome.answer = std::unexpected(error_of(result));
    }
    report::Record record = describe(outcome, settings_);
    record.set("attempts", result.attempts);
    record.set("line", result.question.mark);
    out_.write(record);
}

void BulkWriter::write(const BadLine& line) {
    if (out_.plain_text()) {
        if (settings_.layout == Layout::brief) return;
        scratch_.clear();
        scratch_.escaped(line.text);
        put_line(scratch_.view(), line.type, "BADNAME", {});
        out_.line_done();
        return;
    }
    report::Record record(answer_record);
    record.set("name", line.text);
    record.set("qtype", dns::type_text(line.type));
    record.set("class", dns::class_text(settings_.klass));
    record.set("error", line.error.sentence());
    record.set("line", line.line);
    out_.write(record);
}

bool BulkWriter::write_json(const dns::BulkResult& result) {
    if (result.end != dns::BulkEnd::answered || settings_.generic) return false;
    const auto opened = dns::Message::open(result.reply);
    if (!opened || !opened->whole()) return false;
    const dns::Message& message = *opened;
    Text& text = out_.text();
    const std::size_t begin = text.size();
    const dns::Question& question = result.question.question;
    text.put(R"({"type":"answer","name":)");
    scratch_.clear();
    question.name.write(scratch_);
    text.json(scratch_.view());
    put_member(text, R"(,"qtype":)", dns::type_text(question.type));
    put_member(text, R"(,"class":)", dns::class_text(question.klass));
    put_member(text, R"(,"status":)", dns::rcode_text(message.rcode(message.edns())));
    text.put(R"(,"server":)");
    text.json(server_texts_[result.server]);
    put_member(text, R"(,"transport":)", dns::carrier_name(result.carrier));
    text.put(R"(,"rtt_ms":)");
    put_real(text, milliseconds(result.round_trip));
    text.put(R"(,"size_bytes":)");
    text.number(result.reply.size());
    text.put(R"(,"flags":[)");
    bool first = true;
    for (const std::string_view name : flag_names(message.header())) {
        put_member(text, first ? "" : ",", name);
        first = false;
    }
    text.put(']');
    put_sections(message, text);
    if (!put_edns(message, text)) {
        text.truncate(begin);
        return false;
    }
    text.put(R"(,"error":null,"attempts":)");
    text.number(result.attempts);
    text.put(R"(,"line":)");
    text.number(result.question.mark);
    text.put(R"(,"time":null,"changed":null})");
    text.put('\n');
    return true;
}

void BulkWriter::put_sections(const dns::Message& message, Text& text) {
    constexpr std::array<std::string_view, 3> begins{R"(,"answers":[)", R"(],"authority":[)", R"(],"additional":[)"};
    std::size_t begun = 0;
    dns::Records records(message);
    for (dns::Record record; records.next(record);) {
        while (begun < static_cast<std::size_t>(record.section)) text.put(begins.at(begun++));
        if (record.type != dns::type::opt) put_record(message, record, text);
    }
    while (begun < begins.size()) text.put(begins.at(begun++));
    text.put(']');
}

void BulkWriter::put_record(const dns::Message& message, const dns::Record& record, Text& text) {
    if (!text.ends_with("[")) text.put(',');
    text.put(R"({"name":)");
    scratch_.clear();
    if (const auto name = message.name(record.name_at)) {
        name->write(scratch_);
        text.json(scratch_.view());
    } else {
        text.put("null");
    }
    text.put(R"(,"ttl":)");
    text.number(record.ttl);
    put_member(text, R"(,"class":)", dns::class_text(record.klass));
    put_member(text, R"(,"type":)", dns::type_text(record.type));
    data_.clear();
    dns::write_rdata(message, record, data_);
    text.put(R"(,"data":)");
    text.json(data_.view());
    const bool is_address = (record.type == dns::type::a && record.rdata_size == 4) ||
                            (record.type == dns::type::aaaa && record.rdata_size == 16);
    if (is_address && record.klass == dns::klass::in) {
        put_member(text, R"(,"address":)", data_.view());
    } else {
        for (const auto& [name, value] : dns::rdata_fields(message, record)) {
            text.put(',');
            text.json(name);
            text.put(':');
            value.write_json(text);
        }
    }
    text.put('}');
}

bool BulkWriter::put_edns(const dns::Message& message, Text& text) const {
    const auto edns = message.edns();
    if (!edns) {
        text.put(R"(,"edns":null,"extended_error":null)");
        return true;
    }
    if (!edns->options.empty()) return false;
    text.put(R"(,"edns":{"version":)");
    text.number(edns->version);
    text.put(R"(,"udp_size_bytes":)");
    text.number(edns->udp_size);
    text.put(R"(,"dnssec_ok":)");
    text.put((edns->flags & dns::flag_dnssec_ok) != 0 ? "true" : "false");
    text.put(R"(,"options":[]},"extended_error":[])");
    return true;
}

// ---- text

void BulkWriter::put_data(const dns::BulkResult& result, Text& text, std::string_view separator) const {
    const auto opened = dns::Message::open(result.reply);
    if (!opened) return;  // no answer
    const dns::Message& message = *opened;
    const bool after_each = separator == "\n";
    bool first = true;
    dns::Records records(message);
    for (dns::Record record; records.next(record) && record.section == dns::Section::answer;) {
        if (!after_each && !wanted(record.type, result.question.question.type)) continue;
        if (!first && !after_each) text.put(separator);
        first = false;
        dns::write_rdata(message, record, text,
                         {.generic = settings_.generic, .unicode = wants_unicode(settings_, out_)});
        if (after_each) text.put(separator);
    }
}

void BulkWriter::write_line(const dns::BulkResult& result) {
    scratch_.clear();
    data_.clear();
    const dns::Name& name = result.question.question.name;
    if (wants_unicode(settings_, out_))
        scratch_.put(name.unicode());
    else
        name.write(scratch_);
    put_data(result, data_, ", ");
    std::string status = result.end == dns::BulkEnd::timed_out ? "TIMEOUT" : "UNREACHABLE";
    if (const auto message = dns::Message::open(result.reply))
        status = dns::rcode_text(message->rcode(message->edns()));
    put_line(scratch_.view(), result.question.question.type, status, data_.view());
}

void BulkWriter::put_line(std::string_view name, std::uint16_t type, std::string_view status, std::string_view data) {
    static constexpr std::array<std::string_view, 4> columns{"name", "type", "status", "data"};
    if (out_.terminal()) {
        report::Record record(bulk_line_record);
        record.set("name", report::Value::notation(std::string(name))).set("type", dns::type_text(type));
        record.set("status", status).set("data", report::Value::notation(std::string(data)));
        out_.write_row(record, columns);
        return;
    }
    // What write_row() writes where there is no terminal.
    Text& text = out_.text();
    text.put(name);
    text.put('\t');
    text.put(dns::type_text(type));
    text.put('\t');
    text.put(status);
    text.put('\t');
    text.put(data);
    text.put('\n');
}

}  // namespace fid::cmd::resolve
