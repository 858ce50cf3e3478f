// SPDX-License-Identifier: MIT
#include "cmd/resolve/layout.h"

#include <array>

#include "cmd/resolve/record.h"
#include "dns/rdata.h"

namespace fid::cmd::resolve {

std::string shown_name(const dns::Name& name, const Settings& settings, const report::Output& out) {
    const std::string ascii = name.text();
    if (!settings.unicode.value_or(out.terminal())) return ascii;
    const std::string unicode = name.unicode();
    if (unicode == ascii) return ascii;
    Text safe;
    safe.escaped(unicode);
    return safe.take();
}

void write_lines(const Outcome& outcome, const Settings& settings, report::Output& out) {
    static constexpr std::array<std::string_view, 4> columns{"name", "ttl", "type", "data"};
    const dns::Message message = outcome.answer->message();
    dns::Records records(message);
    for (dns::Record record; records.next(record) && record.section == dns::Section::answer;) {
        const auto name = message.name(record.name_at);
        Text data;
        dns::write_rdata(message, record, data, {.generic = settings.generic});
        report::Record line(line_record);
        line.set("name", name ? shown_name(*name, settings, out) : "?");
        line.set("ttl", record.ttl);
        line.set("type", dns::type_text(record.type));
        line.set("data", data.take());
        out.write_row(line, columns);
    }
}

void write_brief(const Outcome& outcome, const Settings& settings, report::Output& out) {
    const dns::Message message = outcome.answer->message();
    dns::Records records(message);
    for (dns::Record record; records.next(record) && record.section == dns::Section::answer;) {
        dns::write_rdata(message, record, out.text(), {.split = settings.dig.split, .generic = settings.generic});
        out.text().put('\n');
        out.line_done();
    }
}

}  // namespace fid::cmd::resolve
