// SPDX-License-Identifier: MIT
#include "cmd/fetch/record.h"

#include <array>

#include "cmd/fetch/dialogue.h"
#include "transfer/redirect.h"

namespace fid::cmd::fetch {
namespace {

using report::Field;
using report::Type;

constexpr std::array fields{
    Field{"url", Type::text, "what was asked for, without a password"},
    Field{"final_url", Type::text, "where redirects led to"},
    Field{"method", Type::text, "of the last request"},
    Field{"status", Type::integer, "the answer's status code; null where there was no answer"},
    Field{"reason", Type::text, "the words behind it"},
    Field{"http_version", Type::text, "\"1.0\", \"1.1\" or \"2\""},
    Field{"content_type", Type::text, "of the body"},
    Field{"headers", Type::list, "of the last answer, each as \"Name: value\", with secrets masked"},
    Field{"redirects", Type::integer, "how many were followed"},
    Field{"redirect_url", Type::text, "where it would have gone on, without -L"},
    Field{"retries", Type::integer, "how many attempts failed before"},
    Field{"remote_ip", Type::text, "the server, or the proxy"},
    Field{"remote_port", Type::integer, "its port"},
    Field{"local_ip", Type::text, "our address"},
    Field{"local_port", Type::integer, "our port"},
    Field{"dns_ms", Type::real, "until the name was looked up"},
    Field{"connect_ms", Type::real, "until the connection stood"},
    Field{"tls_ms", Type::real, "until TLS stood; null without TLS"},
    Field{"first_byte_ms", Type::real, "until the answer began"},
    Field{"redirect_ms", Type::real, "spent on redirects"},
    Field{"total_ms", Type::real, "until all was there"},
    Field{"received_bytes", Type::integer, "of the body, as it crossed the network"},
    Field{"sent_bytes", Type::integer, "of our body"},
    Field{"body_bytes", Type::integer, "of the body when decompressed"},
    Field{"file", Type::text, "where the body went"},
    Field{"body", Type::text, "the body, where it went into no file"},
    Field{"body_cut", Type::boolean, "is the field body only the first 16 MiB of it?"},
    Field{"error", Type::text, "why there is no answer, or no more of it"},
};

report::Value milliseconds(std::int64_t microseconds) { return static_cast<double>(microseconds) / 1000.0; }

report::Value text_or_null(const std::string& text) { return text.empty() ? report::Value() : report::Value(text); }

}  // namespace

constexpr report::RecordType response_type{"response", "one transfer and what became of it", fields};
const report::RecordType response_record = response_type;

report::Record describe(const std::string& url, const transfer::Outcome& outcome, const std::string& file,
                        const std::optional<std::string>& body, bool cut) {
    report::Record record(response_record);
    record.set("url", transfer::shown_url(url)).set("method", text_or_null(outcome.method));
    if (outcome.code != 0) {
        report::List headers;
        for (const auto& [name, value] : outcome.headers) headers.emplace_back(redacted(name + ": " + value));
        record.set("final_url", transfer::shown_url(outcome.url))
            .set("status", outcome.code)
            .set("reason", text_or_null(outcome.reason))
            .set("http_version", outcome.http_version)
            .set("content_type", text_or_null(outcome.content_type))
            .set("headers", std::move(headers))
            .set("first_byte_ms", milliseconds(outcome.times.first_byte_us));
    }
    record.set("redirects", outcome.redirects)
        .set("redirect_url", text_or_null(outcome.redirect_url))
        .set("retries", outcome.retries);
    if (!outcome.remote_ip.empty())
        record.set("remote_ip", outcome.remote_ip)
            .set("remote_port", outcome.remote_port)
            .set("local_ip", outcome.local_ip)
            .set("local_port", outcome.local_port)
            .set("dns_ms", milliseconds(outcome.times.lookup_us))
            .set("connect_ms", milliseconds(outcome.times.connect_us));
    if (outcome.times.tls_us != 0) record.set("tls_ms", milliseconds(outcome.times.tls_us));
    record.set("redirect_ms", milliseconds(outcome.times.redirect_us))
        .set("total_ms", milliseconds(outcome.times.total_us))
        .set("received_bytes", outcome.received_bytes)
        .set("sent_bytes", outcome.sent_bytes)
        .set("body_bytes", outcome.body_bytes)
        .set("file", text_or_null(file));
    if (body) record.set("body", *body).set("body_cut", cut);
    if (outcome.error) record.set("error", outcome.error->sentence());
    return record;
}

}  // namespace fid::cmd::fetch
