// SPDX-License-Identifier: MIT
#include "cmd/resolve/layout.h"

#include <array>
#include <cmath>

#include "cmd/resolve/record.h"
#include "dns/rdata.h"

namespace fid::cmd::resolve {

std::string shown_name(const dns::Name& name, const Settings& settings, const report::Output& out) {
    return wants_unicode(settings, out) ? name.unicode() : name.text();
}

namespace {

/// Is it the first time? Only aliases come twice: CNAME and DNAME.
bool is_new(const dns::Record& record, const std::optional<dns::Name>& name, std::string_view data, Told& told) {
    if (record.type != dns::type::cname && record.type != dns::type::dname) return true;
    std::string key = name ? name->text() : std::string();
    key += dns::type_text(record.type);
    key += data;
    return told.insert(std::move(key)).second;
}

/// Calls `each(record, owner, data)` for what is to be told.
template <class Each>
void each_answer(const Outcome& outcome, const dns::RdataStyle& style, Told& told, Each each) {
    const dns::Message message = outcome.answer->message();
    dns::Records records(message);
    Text data;
    for (dns::Record record; records.next(record) && record.section == dns::Section::answer;) {
        const auto name = message.name(record.name_at);
        data.clear();
        dns::write_rdata(message, record, data, style);
        if (is_new(record, name, data.view(), told)) each(record, name, data.view());
    }
}

}  // namespace

void write_lines(const Outcome& outcome, const Settings& settings, Told& told, report::Output& out) {
    const dns::RdataStyle style{.generic = settings.generic, .unicode = wants_unicode(settings, out)};
    const dns::Message message = outcome.answer->message();
    each_answer(outcome, style, told,
                [&](const dns::Record& record, const std::optional<dns::Name>&, std::string_view) {
                    write_line(message, record, settings, out);
                });
}

void write_line(const dns::Message& message, const dns::Record& record, const Settings& settings, report::Output& out) {
    static constexpr std::array<std::string_view, 4> columns{"name", "ttl", "type", "data"};
    const auto name = message.name(record.name_at);
    Text data;
    dns::write_rdata(message, record, data, {.generic = settings.generic, .unicode = wants_unicode(settings, out)});
    report::Record line(line_record);
    line.set("name", report::Value::notation(name ? shown_name(*name, settings, out) : "?"));
    line.set("ttl", record.ttl);
    line.set("type", dns::type_text(record.type));
    line.set("data", report::Value::notation(data.take()));
    out.write_row(line, columns);
}

std::string peer_as_dig(std::string_view peer) {
    const std::size_t colon = peer.rfind(':');
    std::string_view host = peer.substr(0, colon);
    if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
    std::string text(host);
    text += '#';
    if (colon != std::string_view::npos) text += peer.substr(colon + 1);
    return text;
}

double rounded_ms(std::chrono::nanoseconds time) {
    constexpr double microseconds = 1000;
    return std::round(std::chrono::duration<double, std::micro>(time).count()) / microseconds;
}

void write_brief(const Outcome& outcome, const Settings& settings, Told& told, report::Output& out) {
    const dns::RdataStyle style{
        .split = settings.dig.split, .generic = settings.generic, .unicode = wants_unicode(settings, out)};
    each_answer(outcome, style, told, [&](const dns::Record&, const std::optional<dns::Name>&, std::string_view data) {
        out.text().put(data);
        out.text().put('\n');
        out.line_done();
    });
}

}  // namespace fid::cmd::resolve
