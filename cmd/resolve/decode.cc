// SPDX-License-Identifier: MIT
#include "cmd/resolve/decode.h"

#include <array>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "cmd/resolve/layout.h"
#include "cmd/resolve/record.h"
#include "dns/dump.h"
#include "dns/rdata.h"

namespace fid::cmd::resolve {
namespace {

using report::Field;
using report::List;
using report::Object;
using report::Type;

constexpr std::array message_fields{
    Field{"offset", Type::integer, "where in the bytes the message begins, behind its length"},
    Field{"id", Type::integer, "the message's ID"},
    Field{"opcode", Type::text, "QUERY, NOTIFY, UPDATE..."},
    Field{"status", Type::text, "the code: NOERROR, NXDOMAIN, SERVFAIL..."},
    Field{"flags", Type::list, "qr aa tc rd ra ad cd, those that are set"},
    Field{"size_bytes", Type::integer, "size of the message"},
    Field{"questions", Type::list, "name, qtype and class of each"},
    Field{"answers", Type::list, "records: name, ttl, class, type, data as text, and named values by type"},
    Field{"authority", Type::list, "records of that section"},
    Field{"additional", Type::list, "records of that section, without OPT"},
    Field{"edns", Type::object, "version, udp_size_bytes, dnssec_ok and options; null without EDNS"},
    Field{"extended_error", Type::list, "code, name and text of each (RFC 8914)"},
    Field{"error", Type::text, "what is wrong with the message"},
    Field{"error_offset", Type::integer, "where in the message"},
};
constexpr std::array part_fields{
    Field{"section", Type::text, "question, answer, authority, additional"},
    Field{"name", Type::text, "owner"},
    Field{"ttl", Type::integer, "seconds it may be kept"},
    Field{"type", Type::text, "its type"},
    Field{"data", Type::text, "what it says"},
};
constexpr report::RecordType part_record{"part", "A part of a message.", part_fields};

const std::string standard_input = "standard input";
constexpr std::size_t most_input = std::size_t{64} << 20U;

Result<std::vector<std::uint8_t>> read_all(std::istream& in, const std::string& path) {
    std::vector<std::uint8_t> bytes;
    std::array<char, 65536> block{};
    while (in.read(block.data(), block.size()) || in.gcount() != 0) {
        const Bytes got = as_bytes({block.data(), static_cast<std::size_t>(in.gcount())});
        if (bytes.size() + got.size() > most_input)
            return fail(Status::bad_input, "too much for --decode:", path, "more than 64 MiB");
        bytes.insert(bytes.end(), got.begin(), got.end());
    }
    if (in.bad()) return fail_errno(Status::cannot_read, "cannot read", path, errno);
    return bytes;
}

Result<std::vector<std::uint8_t>> bytes_of(std::vector<std::uint8_t> content, const std::string& path) {
    if (const std::string_view kind = dns::capture_kind(content); !kind.empty())
        return fail(
            Status::bad_input, "not a DNS message:", path,
            kind == "pcap" || kind == "pcapng" ? "it is a capture file" : "it is compressed by " + std::string(kind),
            "captures, compressed ones too: fid sniff -r " + (path == standard_input ? "-" : path) + " dns");
    if (!dns::is_dump_text(content)) return content;
    auto read = dns::read_dump(as_text(content));
    if (!read) read.error().cause += (read.error().cause.empty() ? "in " : " of ") + path;
    return read;
}

Result<std::vector<std::uint8_t>> read_input(const std::string& word) {
    if (word == "-") {
        auto content = read_all(std::cin, standard_input);
        return content ? bytes_of(std::move(*content), standard_input) : content;
    }
    constexpr std::size_t least_digits = 2 * dns::header_size;
    std::error_code ignored;
    const bool exists = std::filesystem::exists(word, ignored);
    if (dns::is_hex(word) && (word.size() >= least_digits || !exists)) return dns::read_dump(word);
    if (exists) {
        std::ifstream file(word, std::ios::binary);
        if (!file) return fail_errno(Status::cannot_read, "cannot read", word, errno);
        auto content = read_all(file, word);
        return content ? bytes_of(std::move(*content), word) : content;
    }
    auto read = dns::read_dump(word);
    if (read && read->size() >= dns::header_size) return read;
    return fail(Status::bad_input, "cannot decode", "'" + word + "'",
                "it is no file, no hexadecimal digits and no base64 of a message");
}

report::Value question_value(const dns::Question& question) {
    return Object{{"name", question.name.text()},
                  {"qtype", dns::type_text(question.type)},
                  {"class", dns::class_text(question.klass)}};
}

class Decoder {
  public:
    Decoder(Context& context, const Settings& settings) : context_(context), out_(context.out), settings_(settings) {
        settings_.dig.command = settings_.dig.statistics = false;
    }

    Status show(const dns::Placed& placed) {
        const auto fault = dns::find_fault(placed.message);
        const auto message = dns::Message::open(placed.message);
        if (out_.plain_text() || settings_.layout == Layout::rfc8427) {
            if (message) write_text(*message);
        } else {
            out_.write(describe(placed, message, fault));
        }
        if (!fault) return Status::success;
        out_.flush();
        return context_.log.error({Status::bad_input,
                                   "a malformed message:",
                                   "at offset " + std::to_string(placed.offset + fault->offset),
                                   fault->what,
                                   {}});
    }

  private:
    void write_text(const dns::Message& message) {
        Outcome outcome;
        dns::Answer answer;
        switch (settings_.layout) {
            case Layout::rfc8427:
                write_rfc8427(message, out_.text());
                return out_.line_done();
            case Layout::lines:
                return write_parts(message);
            case Layout::dig:
            case Layout::brief:
                break;
        }
        answer.bytes.assign(message.bytes().begin(), message.bytes().end());
        outcome.answer = std::move(answer);
        if (settings_.layout == Layout::dig) return write_dig(outcome, settings_, false, out_);
        Told told;
        write_brief(outcome, settings_, told, out_);
    }

    void write_parts(const dns::Message& message) {
        write_head(message);
        const auto edns = message.edns();
        if (message.header().questions != 0)
            if (const auto question = message.question()) {
                const bool internet = question->klass == dns::klass::in;
                write_part("question", question->name, {}, question->type,
                           internet ? std::string() : dns::class_text(question->klass));
            }
        static constexpr std::array<std::string_view, 4> sections{"", "answer", "authority", "additional"};
        dns::Records records(message);
        for (dns::Record record; records.next(record);) {
            Text data;
            const bool is_opt = record.type == dns::type::opt;
            if (is_opt && edns)
                put_edns(*edns, data);
            else
                dns::write_rdata(message, record, data, {.generic = settings_.generic});
            write_part(sections.at(static_cast<std::size_t>(record.section)), message.name(record.name_at),
                       is_opt ? std::nullopt : std::optional(record.ttl), record.type,
                       is_opt ? report::Value(data.take()) : report::Value::notation(data.take()));
        }
    }

    void write_head(const dns::Message& message) {
        const dns::Header& header = message.header();
        Text& text = out_.text();
        text.put(dns::opcode_text(header.opcode()));
        text.put(header.has(packet::dns::flag_response) ? " response, id " : ", id ");
        text.number(header.id);
        text.put(", ");
        text.put(dns::rcode_text(message.rcode(message.edns())));
        text.put(", flags");
        for (const std::string_view name : flag_names(header)) {
            text.put(' ');
            text.put(name);
        }
        text.put(", ");
        text.number(message.bytes().size());
        text.put(" bytes\n");
        out_.line_done();
    }

    void write_part(std::string_view section, const std::optional<dns::Name>& name, std::optional<std::uint32_t> ttl,
                    std::uint16_t type, report::Value data) {
        static constexpr std::array<std::string_view, 5> columns{"section", "name", "ttl", "type", "data"};
        report::Record line(part_record);
        line.set("section", section);
        line.set("name", report::Value::notation(name ? shown_name(*name, settings_, out_) : "?")).set("ttl", ttl);
        line.set("type", dns::type_text(type)).set("data", std::move(data));
        out_.write_row(line, columns);
    }

    static void put_edns(const dns::EdnsView& edns, Text& data) {
        data.put("version ");
        data.number(edns.version);
        data.put(", udp ");
        data.number(edns.udp_size);
        if ((edns.flags & dns::flag_dnssec_ok) != 0) data.put(", do");
        Bytes rest = edns.options;
        while (const auto option = dns::take_option(rest)) {
            const std::string_view name = dns::option_text(option->code);
            data.put(", ");
            data.put(name.empty() ? "OPT" + std::to_string(option->code) : std::string(name));
            data.put(' ');
            if (option->code == dns::option::padding)
                data.number(option->data.size());
            else
                data.hex_bytes(option->data);
        }
    }

    [[nodiscard]] report::Record describe(const dns::Placed& placed, const std::optional<dns::Message>& message,
                                          const std::optional<dns::Fault>& fault) const {
        report::Record made(message_record);
        made.set("offset", placed.offset).set("size_bytes", placed.message.size());
        if (fault) made.set("error", fault->what).set("error_offset", fault->offset);
        if (!message) return made;
        made.set("id", unsigned{message->header().id}).set("opcode", dns::opcode_text(message->header().opcode()));
        List questions;
        if (const auto question = message->question()) questions.push_back(question_value(*question));
        made.set("questions", std::move(questions));
        set_message(made, *message, settings_.generic);
        return made;
    }

    Context& context_;
    report::Output& out_;
    Settings settings_;
};

}  // namespace

constinit const report::RecordType message_record{"message", "A message that --decode has read.", message_fields};

std::vector<Option> decode_options() {
    return {{.names = "--decode",
             .value = "HEX|FILE|-",
             .help = "show the messages in these digits, in a file or on standard input; ask nobody",
             .group = "Input",
             .complete = Complete::file}};
}

bool wants_decode(const Arguments& args) { return args.has("--decode"); }

Result<void> check_decode(const Arguments& args) {
    for (const std::string& word : args.words())
        if (!word.starts_with('+'))
            return fail(Status::usage, "--decode asks nobody for", "'" + word + "'", {},
                        "digits with blanks between them need quotes");
    return {};
}

Status decode(Context& context, const Settings& settings) {
    const auto bytes = read_input(std::string(context.args.value("--decode")));
    if (!bytes) return context.log.error(bytes.error());
    if (bytes->empty()) return context.log.error({Status::bad_input, "there is no message to decode", {}, {}, {}});
    Decoder decoder(context, settings);
    Status status = Status::success;
    for (const dns::Placed& placed : dns::split_messages(*bytes)) {
        if (decoder.show(placed) != Status::success) status = Status::bad_input;
        if (context.out.closed()) break;
    }
    return status;
}

}  // namespace fid::cmd::resolve
