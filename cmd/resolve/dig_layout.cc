// SPDX-License-Identifier: MIT
// A message in the layout of dig, so that what reads dig's output reads ours.
#include <algorithm>
#include <array>
#include <ctime>

#include "cmd/resolve/layout.h"
#include "cmd/resolve/record.h"
#include "dns/rdata.h"

namespace fid::cmd::resolve {
namespace {

namespace wire = packet::dns;

/// Columns of owner, TTL, class, type and data; tabs stand every eighth.
constexpr std::size_t tab = 8;

/// Blanks from one column to another: tabs as far as they go, one at least.
void indent(Text& out, std::size_t& column, std::size_t to) {
    to = std::max(to, column + 1);
    if (const std::size_t tabs = to / tab - column / tab; tabs != 0) {
        out.fill('\t', tabs);
        column = to / tab * tab;
    }
    out.fill(' ', to - column);
    column = to;
}

void put_ttl(Text& out, std::uint32_t seconds, bool units) {
    if (!units || seconds == 0) {
        out.number(seconds);
        if (units) out.put('s');
        return;
    }
    struct Unit {
        std::uint32_t seconds;
        char letter;
    };
    constexpr std::array unit_list{Unit{604800, 'w'}, Unit{86400, 'd'}, Unit{3600, 'h'}, Unit{60, 'm'}, Unit{1, 's'}};
    for (const Unit& unit : unit_list) {
        if (seconds < unit.seconds) continue;
        out.number(seconds / unit.seconds);
        out.put(unit.letter);
        seconds %= unit.seconds;
    }
}

/// Numbers where everything is in the generic form.
std::string class_word(std::uint16_t value, const Settings& settings) {
    return settings.generic ? "CLASS" + std::to_string(value) : dns::class_text(value);
}

std::string_view carrier_word(dns::Carrier carrier) {
    static constexpr std::array<std::string_view, 4> words{"UDP", "TCP", "TLS", "HTTPS"};
    return words.at(static_cast<std::size_t>(carrier));
}

class DigPrinter {
  public:
    DigPrinter(const Outcome& outcome, const Settings& settings, report::Output& out)
        : outcome_(outcome),
          settings_(settings),
          style_(settings.dig),
          answer_(*outcome.answer),
          message_(answer_.message()),
          edns_(message_.edns()),
          output_(out),
          out_(out.text()) {}

    void print(bool first) {
        if (style_.command) heading(first);
        if (style_.comments) header();
        if (style_.comments && edns_) opt();
        if (style_.question) question();
        section(dns::Section::answer, "ANSWER", style_.answer);
        section(dns::Section::authority, "AUTHORITY", style_.authority);
        section(dns::Section::additional, "ADDITIONAL", style_.additional);
        if (style_.additional) signature();
        if (style_.statistics) statistics();
    }

  private:
    void line(std::string_view text) {
        out_.put(text);
        out_.put('\n');
    }

    void heading(bool first) {
        out_.put("\n; <<>> fid <<>> ");
        settings_.groups[outcome_.group].candidates.front().write(out_);
        out_.put(' ');
        line(dns::type_text(outcome_.question.type));
        if (first) line(";; global options: +cmd");
    }

    void header() {
        const dns::Header& header = message_.header();
        line(header.has(wire::flag_response) ? ";; Got answer:" : ";; Sending:");
        out_.put(";; ->>HEADER<<- opcode: ");
        out_.put(dns::opcode_text(header.opcode()));
        out_.put(", status: ");
        out_.put(dns::rcode_text(message_.rcode(edns_)));
        out_.put(", id: ");
        out_.number(header.id);
        out_.put("\n;; flags:");
        for (const std::string_view name : flag_names(header)) {
            out_.put(' ');
            out_.put(name);
        }
        count("; QUERY: ", header.questions);
        count(", ANSWER: ", header.answers);
        count(", AUTHORITY: ", header.authorities);
        count(", ADDITIONAL: ", header.additionals);
        out_.put('\n');
        if (header.has(wire::flag_response) && header.has(wire::flag_recursion_desired) &&
            !header.has(wire::flag_recursion_available))
            line(";; WARNING: recursion requested but not available");
        out_.put('\n');
    }
    void count(std::string_view label, unsigned number) {
        out_.put(label);
        out_.number(number);
    }

    void opt() {
        line(";; OPT PSEUDOSECTION:");
        count("; EDNS: version: ", edns_->version);
        out_.put(", flags:");
        if ((edns_->flags & dns::flag_dnssec_ok) != 0) out_.put(" do");
        count("; udp: ", edns_->udp_size);
        out_.put('\n');
        Bytes rest = edns_->options;
        while (const auto option = dns::take_option(rest)) put_option(*option);
    }

    void put_option(const dns::OptionView& option) {
        switch (option.code) {
            case dns::option::nsid:
                out_.put("; NSID: ");
                return bytes_and_text(option.data);
            case dns::option::client_subnet:
                out_.put("; CLIENT-SUBNET: ");
                return line(subnet_text(option.data));
            case dns::option::cookie:
                out_.put("; COOKIE: ");
                out_.hex_bytes(option.data);
                if (!message_.header().has(wire::flag_response)) return line("");
                return line(option.data.size() > 8 ? " (good)" : " (echoed)");
            case dns::option::extended_error:
                return extended_error(option.data);
            case dns::option::padding:
                count("; PAD: (", static_cast<unsigned>(option.data.size()));
                return line(" bytes)");
            default:
                count("; OPT=", option.code);
                out_.put(": ");
                return bytes_and_text(option.data);
        }
    }

    void bytes_and_text(Bytes data) {
        out_.hex_bytes(data, " ");
        out_.put(" (\"");
        for (const std::uint8_t byte : data) out_.put(byte >= 0x20 && byte < 0x7f ? static_cast<char>(byte) : '.');
        line("\")");
    }

    void extended_error(Bytes data) {
        packet::Cursor at(data);
        const std::uint16_t code = at.u16();
        if (!at.ok()) return;
        count("; EDE: ", code);
        if (const auto name = dns::extended_error_text(code); !name.empty()) {
            out_.put(" (");
            out_.put(name);
            out_.put(')');
        }
        if (at.remaining() != 0) {
            out_.put(": (");
            out_.escaped(at.rest());
            out_.put(')');
        }
        out_.put('\n');
    }

    void question() {
        const auto question = message_.question();
        if (!question) return;
        if (style_.comments) line(";; QUESTION SECTION:");
        const std::string name = shown_name(question->name, settings_, output_);
        out_.put(';');
        out_.put(name);
        std::size_t column = name.size();  // dig does not count the semicolon
        indent(out_, column, class_column());
        const std::string klass = class_word(question->klass, settings_);
        out_.put(klass);
        column += klass.size();
        indent(out_, column, class_column() + tab);
        line(type_word(question->type, settings_));
        if (style_.comments) out_.put('\n');
    }

    [[nodiscard]] std::size_t class_column() const { return style_.show_ttl && style_.show_class ? 32 : 24; }

    void section(dns::Section which, std::string_view title, bool wanted) {
        bool any = false;
        dns::Records records(message_);
        for (dns::Record record; records.next(record);) {
            if (!wanted || record.section != which || is_meta(record)) continue;
            if (!any && style_.comments) {
                out_.put(";; ");
                out_.put(title);
                line(" SECTION:");
            }
            any = true;
            write_dig_record(message_, record, settings_, output_);
        }
        if (any && style_.comments) out_.put('\n');
    }
    /// Shown in places of their own.
    static bool is_meta(const dns::Record& record) {
        return record.type == dns::type::opt || record.type == dns::type::tsig;
    }

    void signature() {
        const auto record = signature_of(message_);
        if (!record) return;
        if (style_.comments) line(";; TSIG PSEUDOSECTION:");
        write_dig_record(message_, *record, settings_, output_);
        if (style_.comments) out_.put('\n');
    }

    void statistics() {
        const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(answer_.rtt).count();
        write_dig_statistics({.milliseconds = static_cast<std::uint64_t>(milliseconds),
                              .peer = answer_.peer,
                              .host = outcome_.server.endpoint.host,
                              .carrier = answer_.carrier,
                              .size = "MSG SIZE  rcvd: " + std::to_string(answer_.bytes.size())},
                             output_);
    }

    const Outcome& outcome_;
    const Settings& settings_;
    const DigStyle& style_;
    const dns::Answer& answer_;
    dns::Message message_;
    std::optional<dns::EdnsView> edns_;
    report::Output& output_;
    Text& out_;
};

}  // namespace

std::string type_word(std::uint16_t value, const Settings& settings) {
    return settings.generic ? "TYPE" + std::to_string(value) : dns::type_text(value);
}

std::optional<dns::Record> signature_of(const dns::Message& message) {
    dns::Records records(message);
    for (dns::Record record; records.next(record);)
        if (record.type == dns::type::tsig && record.section == dns::Section::additional) return record;
    return std::nullopt;
}

void write_dig_record(const dns::Message& message, const dns::Record& record, const Settings& settings,
                      report::Output& output) {
    Text& out = output.text();
    const DigStyle& style = settings.dig;
    const auto owner = message.name(record.name_at);
    const std::string name = owner ? shown_name(*owner, settings, output) : "?";
    out.put(name);
    std::size_t column = name.size();
    std::size_t next = 24;
    if (style.show_ttl) {
        indent(out, column, next);
        const std::size_t before = out.size();
        put_ttl(out, record.ttl, style.ttl_units);
        column += out.size() - before;
        next += tab;
    }
    for (const std::string& word :
         {style.show_class ? class_word(record.klass, settings) : std::string(), type_word(record.type, settings)}) {
        if (word.empty()) continue;
        indent(out, column, next);
        out.put(word);
        column += word.size();
        next += tab;
    }
    indent(out, column, next);
    dns::write_rdata(message, record, out,
                     {.split = style.split, .generic = settings.generic, .unicode = wants_unicode(settings, output)});
    out.put('\n');
    output.line_done();
}

void write_dig_statistics(const DigStatistics& what, report::Output& output) {
    Text& out = output.text();
    out.put(";; Query time: ");
    out.number(what.milliseconds);
    out.put(" msec\n;; SERVER: ");
    out.put(peer_as_dig(what.peer));
    out.put('(');
    out.put(what.host);
    out.put(") (");
    out.put(carrier_word(what.carrier));
    out.put(")\n;; WHEN: ");
    const std::time_t now = std::time(nullptr);
    std::tm local{};
    localtime_r(&now, &local);
    std::array<char, 64> when{};
    out.put({when.data(), std::strftime(when.data(), when.size(), "%a %b %d %H:%M:%S %Z %Y", &local)});
    out.put("\n;; ");
    out.put(what.size);
    out.put("\n\n");
    output.line_done();
}

void write_dig(const Outcome& outcome, const Settings& settings, bool first, report::Output& out) {
    DigPrinter(outcome, settings, out).print(first);
}

}  // namespace fid::cmd::resolve
