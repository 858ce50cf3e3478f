// SPDX-License-Identifier: MIT
#include "cmd/connect/inspect.h"

#include <array>
#include <chrono>
#include <optional>
#include <string>

#include "cmd/loop.h"
#include "report/block.h"
#include "report/calendar.h"
#include "transport/tls_inspect.h"

namespace fid::cmd::connect {
namespace {

using report::Type;
using transport::Certificate;
using transport::TlsReport;

constexpr std::array fields{
    report::Field{"endpoint", Type::text, "what was inspected"},
    report::Field{"address", Type::text, "the address that answered"},
    report::Field{"trusted", Type::boolean, "would a client with this trust go on?"},
    report::Field{"verdict", Type::text, "\"trusted\", or every reason why not"},
    report::Field{"version", Type::text, "of TLS, with everything offered"},
    report::Field{"cipher", Type::text, "cipher suite chosen then"},
    report::Field{"group", Type::text, "key exchange group chosen then"},
    report::Field{"alpn", Type::text, "protocol agreed on, of those of --tls-alpn"},
    report::Field{"resumes", Type::boolean, "a second connection took up the first one's session"},
    report::Field{"ocsp_staple", Type::text, "none, good, revoked, unknown or unreadable"},
    report::Field{"days_left", Type::integer, "until the server's certificate ends; negative where it has"},
    report::Field{"versions", Type::object, "each version of TLS with the cipher suites it accepts"},
    report::Field{"chain", Type::list,
                  "the certificates as sent: subject, issuer, names, not_before, not_after, key, "
                  "signature, serial, fingerprint_sha256"},
};

std::int64_t days_left(const TlsReport& report) {
    if (report.chain.empty()) return 0;
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const auto seconds = report.chain.front().not_after - std::chrono::duration_cast<std::chrono::seconds>(now).count();
    // Towards the past: an hour after the end is not "0 days left".
    return seconds >= 0 ? seconds / 86400 : -((-seconds + 86399) / 86400);
}

std::string joined(const std::vector<std::string>& words, std::string_view separator) {
    std::string text;
    for (const std::string& word : words) {
        if (!text.empty()) text += separator;
        text += word;
    }
    return text;
}

std::string verdict(const TlsReport& report) {
    return report.trusted ? "trusted" : "not trusted: " + joined(report.facts.faults, ", ");
}

report::List names_of(const std::vector<std::string>& names) {
    report::List list;
    for (const std::string& name : names) list.emplace_back(name);
    return list;
}

report::Object chain_entry(const Certificate& one) {
    return {{"subject", one.subject},
            {"issuer", one.issuer},
            {"names", names_of(one.names)},
            {"not_before", report::utc_text(one.not_before)},
            {"not_after", report::utc_text(one.not_after)},
            {"key", one.key},
            {"signature", one.signature},
            {"serial", one.serial},
            {"fingerprint_sha256", one.fingerprint}};
}

report::Record to_record(const TlsReport& report, const Endpoint& endpoint) {
    report::Record record(tls_report_type);
    record.set("endpoint", endpoint.text());
    record.set("address", report.peer.text());
    record.set("trusted", report.trusted);
    record.set("verdict", verdict(report));
    record.set("version", report.facts.version);
    record.set("cipher", report.facts.cipher);
    if (!report.group.empty()) record.set("group", report.group);
    if (!report.facts.alpn.empty()) record.set("alpn", report.facts.alpn);
    record.set("resumes", report.resumes);
    record.set("ocsp_staple", report.staple);
    if (!report.chain.empty()) record.set("days_left", days_left(report));
    report::Object versions;
    for (const auto& version : report.versions)
        versions.emplace_back(version.version,
                              version.offered ? report::Value(names_of(version.ciphers)) : report::Value());
    record.set("versions", std::move(versions));
    report::List chain;
    for (const Certificate& one : report.chain) chain.emplace_back(chain_entry(one));
    record.set("chain", std::move(chain));
    return record;
}

/// What a server says of itself is not to be trusted with the terminal.
std::string safe(std::string_view text) {
    Text out;
    out.escaped(text);
    return out.take();
}

std::string expiry_text(const TlsReport& report) {
    const std::int64_t days = days_left(report);
    const std::string when = report::utc_text(report.chain.front().not_after);
    if (days < 0) return "expired " + when + ", " + std::to_string(-days) + " days ago";
    return "in " + std::to_string(days) + " days, " + when;
}

void write_text(report::Output& out, const TlsReport& report, const Endpoint& endpoint) {
    constexpr std::size_t column = 16;
    report::Block block(out, column);
    block.line("endpoint", endpoint.text() + " at " + report.peer.text());
    block.line("verdict", verdict(report));
    block.line("agreed on", joined({report.facts.version, report.facts.cipher, report.group}, ", "));
    block.line("alpn", safe(report.facts.alpn));
    block.line("resumption", report.resumes ? (*report.resumes ? "yes" : "no") : "");
    block.line("ocsp staple", report.staple);
    if (!report.chain.empty()) {
        const Certificate& own = report.chain.front();
        block.line("names", safe(joined(own.names, " ")));
        block.line("expires", expiry_text(report));
        block.line("key", own.key);
        block.line("signature", own.signature);
        block.line("sha256", own.fingerprint);
    }
    for (std::size_t i = 0; i < report.chain.size(); ++i) {
        const Certificate& one = report.chain[i];
        block.line("certificate " + std::to_string(i), safe(one.subject));
        if (!one.self_signed) block.line("  issued by", safe(one.issuer));
        block.line("  valid", report::utc_text(one.not_before) + " to " + report::utc_text(one.not_after));
    }
    for (const auto& version : report.versions)
        block.line(version.version, version.offered ? joined(version.ciphers, " ") : "not offered");
}

transport::Task<void> look(transport::Executor executor, const Settings& settings,
                           std::optional<Result<TlsReport>>& report) {
    Endpoint endpoint = settings.endpoint;
    if (settings.dial.starttls.empty()) endpoint.scheme = "tls";
    auto inspecting = transport::inspect_tls(executor, std::move(endpoint), settings.dial);
    report = co_await std::move(inspecting);
}

}  // namespace

const report::RecordType tls_report_type{"tls_report", "what a TLS server presents and accepts", fields};

Status inspect(Context& context, const Settings& settings) {
    Loop loop;
    std::optional<Result<TlsReport>> report;
    loop.spawn(look(loop.executor(), settings, report));
    loop.run();
    if (!report) return Status::interrupted;
    if (!*report) return context.log.error(report->error());
    const TlsReport& found = **report;
    if (context.out.format() == report::Format::text)
        write_text(context.out, found, settings.endpoint);
    else
        context.out.write(to_record(found, settings.endpoint));
    return found.trusted ? Status::success : Status::certificate;
}

}  // namespace fid::cmd::connect
