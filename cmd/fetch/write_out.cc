// SPDX-License-Identifier: MIT
#include "cmd/fetch/write_out.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <vector>

#include "report/suggest.h"

namespace fid::cmd::fetch {
namespace {

std::string seconds(std::int64_t microseconds) {
    std::array<char, 40> text{};
    const int length =
        std::snprintf(text.data(), text.size(), "%lld.%06lld", static_cast<long long>(microseconds / 1'000'000),
                      static_cast<long long>(microseconds % 1'000'000));
    return {text.data(), static_cast<std::size_t>(length)};
}

std::string three_digits(long code) {
    std::string text = std::to_string(code);
    return text.size() < 3 ? std::string(3 - text.size(), '0') + text : text;
}

std::string upper(std::string text) {
    for (char& c : text)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return text;
}

struct Variable {
    std::string_view name;
    std::string (*text)(const WriteOutFacts&);
};

using F = const WriteOutFacts&;
const std::array variables{
    Variable{"content_type", [](F f) { return f.outcome.content_type; }},
    Variable{"errormsg", [](F f) { return f.message; }},
    Variable{"exitcode", [](F f) { return std::to_string(f.status); }},
    Variable{"filename_effective", [](F f) { return f.file; }},
    Variable{"http_code", [](F f) { return three_digits(f.outcome.code); }},
    Variable{"http_connect", [](F f) { return three_digits(f.outcome.connect_code); }},
    Variable{"http_version",
             [](F f) { return f.outcome.http_version == "1.0" ? std::string("1.0") : f.outcome.http_version; }},
    Variable{"local_ip", [](F f) { return f.outcome.local_ip; }},
    Variable{"local_port", [](F f) { return std::to_string(f.outcome.local_port); }},
    Variable{"method", [](F f) { return f.outcome.method; }},
    Variable{"num_connects", [](F f) { return std::to_string(f.outcome.connections); }},
    Variable{"num_headers", [](F f) { return std::to_string(f.outcome.headers.size()); }},
    Variable{"num_redirects", [](F f) { return std::to_string(f.outcome.redirects); }},
    Variable{"proxy_ssl_verify_result", [](F f) { return std::to_string(f.outcome.proxy_verify_result); }},
    Variable{"redirect_url", [](F f) { return f.outcome.redirect_url; }},
    Variable{"referer", [](F f) { return f.outcome.referer; }},
    Variable{"remote_ip", [](F f) { return f.outcome.remote_ip; }},
    Variable{"remote_port", [](F f) { return std::to_string(f.outcome.remote_port); }},
    Variable{"response_code", [](F f) { return three_digits(f.outcome.code); }},
    Variable{"scheme", [](F f) { return upper(f.outcome.scheme); }},
    Variable{"size_download", [](F f) { return std::to_string(f.outcome.received_bytes); }},
    Variable{"size_header", [](F f) { return std::to_string(f.outcome.header_bytes); }},
    Variable{"size_request", [](F f) { return std::to_string(f.outcome.request_bytes); }},
    Variable{"size_upload", [](F f) { return std::to_string(f.outcome.sent_bytes); }},
    Variable{"speed_download", [](F f) { return std::to_string(f.outcome.receive_rate); }},
    Variable{"speed_upload", [](F f) { return std::to_string(f.outcome.send_rate); }},
    Variable{"ssl_verify_result", [](F f) { return std::to_string(f.outcome.verify_result); }},
    Variable{"time_appconnect", [](F f) { return seconds(f.outcome.times.tls_us); }},
    Variable{"time_connect", [](F f) { return seconds(f.outcome.times.connect_us); }},
    Variable{"time_namelookup", [](F f) { return seconds(f.outcome.times.lookup_us); }},
    Variable{"time_pretransfer", [](F f) { return seconds(f.outcome.times.pretransfer_us); }},
    Variable{"time_redirect", [](F f) { return seconds(f.outcome.times.redirect_us); }},
    Variable{"time_starttransfer", [](F f) { return seconds(f.outcome.times.first_byte_us); }},
    Variable{"time_total", [](F f) { return seconds(f.outcome.times.total_us); }},
    Variable{"url", [](F f) { return f.url; }},
    Variable{"url_effective", [](F f) { return f.outcome.url; }},
    Variable{"urlnum", [](F f) { return std::to_string(f.number); }},
};

/// The pieces of a format: text, or the name in %{...} and %header{...}.
struct Piece {
    enum class Kind : std::uint8_t { text, variable, header } kind = Kind::text;
    std::string value;
};

std::vector<Piece> pieces_of(std::string_view format) {
    std::vector<Piece> pieces;
    std::string text;
    const auto named = [&](Piece::Kind kind, std::size_t prefix) {
        const std::size_t end = format.find('}');
        if (end == std::string_view::npos) return false;
        if (!text.empty()) pieces.push_back({Piece::Kind::text, std::move(text)});
        text.clear();
        pieces.push_back({kind, std::string(format.substr(prefix, end - prefix))});
        format.remove_prefix(end + 1);
        return true;
    };
    while (!format.empty()) {
        if (format.starts_with("%%")) {
            text += '%';
            format.remove_prefix(2);
        } else if ((format.starts_with("%{") && named(Piece::Kind::variable, 2)) ||
                   (format.starts_with("%header{") && named(Piece::Kind::header, 8))) {
            continue;
        } else if (format.size() > 1 && format[0] == '\\') {
            constexpr std::string_view letters = "rnt", meanings = "\r\n\t";
            const std::size_t which = letters.find(format[1]);
            if (which == std::string_view::npos)
                text += format.substr(0, 2);
            else
                text += meanings[which];
            format.remove_prefix(2);
        } else {
            text += format[0];
            format.remove_prefix(1);
        }
    }
    if (!text.empty()) pieces.push_back({Piece::Kind::text, std::move(text)});
    return pieces;
}

bool is_switch(std::string_view name) { return name == "stdout" || name == "stderr" || name == "onerror"; }

}  // namespace

Result<void> check_write_out(std::string_view format) {
    for (const Piece& piece : pieces_of(format)) {
        if (piece.kind != Piece::Kind::variable || is_switch(piece.value)) continue;
        if (std::ranges::find(variables, piece.value, &Variable::name) != variables.end()) continue;
        std::vector<std::string_view> names;
        for (const Variable& variable : variables) names.push_back(variable.name);
        std::string hint = report::did_you_mean(piece.value, names);
        if (hint.empty()) {
            hint =
                piece.value == "json" || piece.value == "header_json" ? "--json writes a record; else:" : "there are:";
            for (const std::string_view name : names) hint.append(" ").append(name);
        }
        return fail(Status::usage, "-w has no variable", "'" + piece.value + "'", {}, std::move(hint));
    }
    return {};
}

void write_out(std::string_view format, const WriteOutFacts& facts, std::string& out, std::string& err) {
    std::string* to = &out;
    for (const Piece& piece : pieces_of(format)) {
        if (piece.kind == Piece::Kind::text) {
            *to += piece.value;
        } else if (piece.kind == Piece::Kind::header) {
            *to += facts.outcome.header(piece.value).value_or(std::string());
        } else if (is_switch(piece.value)) {
            if (piece.value == "onerror" && facts.status == 0) return;
            if (piece.value != "onerror") to = piece.value == "stdout" ? &out : &err;
        } else {
            *to += std::ranges::find(variables, piece.value, &Variable::name)->text(facts);
        }
    }
}

}  // namespace fid::cmd::fetch
