// SPDX-License-Identifier: MIT
#include "cmd/fetch/curl_line.h"

#include <algorithm>

namespace fid::cmd::fetch {
namespace {

using namespace transfer;

class Line {
  public:
    Line& flag(bool there, std::string_view name) {
        if (there) word(name);
        return *this;
    }
    Line& option(std::string_view name, std::string_view value) {
        if (!value.empty()) given(name, value);
        return *this;
    }
    Line& given(std::string_view name, std::string_view value) {
        word(name);
        return word(value);
    }
    Line& all(std::string_view name, const std::vector<std::string>& values) {
        for (const std::string& value : values) given(name, value);
        return *this;
    }
    Line& seconds(std::string_view name, std::chrono::milliseconds time) {
        if (time.count() == 0) return *this;
        std::string text = std::to_string(time.count() / 1000);
        if (time.count() % 1000 != 0) text += "." + std::to_string(1000 + time.count() % 1000).substr(1);
        while (text.find('.') != std::string::npos && text.ends_with('0')) text.pop_back();
        return given(name, text);
    }
    Line& number(std::string_view name, std::uint64_t value) {
        if (value != 0) given(name, std::to_string(value));
        return *this;
    }
    Line& word(std::string_view text) {
        constexpr std::string_view harmless =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_./:=@%+,";
        text_ += ' ';
        if (!text.empty() && text.find_first_not_of(harmless) == std::string_view::npos) {
            text_ += text;
            return *this;
        }
        text_ += '\'';
        for (const char c : text) {
            if (c == '\'')
                text_ += "'\\''";
            else
                text_ += c;
        }
        text_ += '\'';
        return *this;
    }
    [[nodiscard]] std::string take() { return std::move(text_); }

  private:
    std::string text_ = "curl";
};

std::string in_quotes(std::string_view value) {
    std::string out = "\"";
    for (const char c : value) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + '"';
}

void put_part(Line& line, const FormPart& part) {
    if (part.kind == FormPart::Kind::text && part.type.empty() && !part.filename && part.encoder.empty()) {
        line.given("--form-string", part.name + "=" + part.value);
        return;
    }
    std::string text = part.name + "=";
    const bool plain = part.value.find_first_of(";,\"\\ ") == std::string::npos;
    if (part.kind != FormPart::Kind::text) text += part.kind == FormPart::Kind::file ? "@" : "<";
    text += plain ? part.value : in_quotes(part.value);
    if (!part.type.empty()) text += ";type=" + part.type;
    if (part.filename) text += ";filename=" + in_quotes(*part.filename);
    if (!part.encoder.empty()) text += ";encoder=" + part.encoder;
    line.given("-F", text);
}

Result<void> put_body(Line& line, const Body& body) {
    if (body.bytes.find('\0') != std::string::npos)
        return fail(Status::usage, "a body with NUL bytes fits into no command line", {}, {}, "keep it in a file");
    if (body.kind == Body::Kind::bytes) line.given("--data-raw", body.bytes);
    for (const FormPart& part : body.parts) put_part(line, part);
    return {};
}

void put_login(Line& line, const Credentials& who) {
    line.option("-u", who.user).option("--oauth2-bearer", who.bearer);
    line.flag(who.scheme == AuthScheme::digest, "--digest").flag(who.scheme == AuthScheme::any, "--anyauth");
    line.flag(who.netrc == Netrc::required && who.netrc_file.empty(), "-n");
    line.flag(who.netrc == Netrc::optional, "--netrc-optional").option("--netrc-file", who.netrc_file);
}

void put_connection(Line& line, const Request& request) {
    const Redirects& redirects = request.redirects;
    line.flag(redirects.follow && !redirects.trusted, "-L").flag(redirects.trusted, "--location-trusted");
    if (redirects.follow && redirects.most != Redirects().most)
        line.given("--max-redirs", std::to_string(redirects.most));
    line.flag(redirects.keep_post_301, "--post301").flag(redirects.keep_post_302, "--post302");
    line.flag(redirects.keep_post_303, "--post303");
    // curl follows from https to http unless it is told not to.
    if (redirects.follow && !redirects.allow_downgrade && request.url.starts_with("https"))
        line.given("--proto-redir", "=https");
    const Retries& retries = request.retries;
    line.number("--retry", retries.most).seconds("--retry-delay", retries.delay);
    line.seconds("--retry-max-time", retries.longest_time).flag(retries.all_errors, "--retry-all-errors");
    line.flag(retries.connection_refused, "--retry-connrefused").seconds("-m", request.timeout);
    if (request.connect_timeout != Request().connect_timeout)
        line.seconds("--connect-timeout", request.connect_timeout);
    line.number("--limit-rate", request.receive_rate).number("--max-filesize", request.most_bytes);
    line.flag(request.family == Family::ip4, "-4").flag(request.family == Family::ip6, "-6");
    line.option("--interface", request.interface).all("--resolve", request.resolve);
    line.all("--connect-to", request.connect_to);
    if (request.unix_socket.starts_with('@'))
        line.given("--abstract-unix-socket", request.unix_socket.substr(1));
    else
        line.option("--unix-socket", request.unix_socket);
    if (request.proxy.url) line.given("-x", *request.proxy.url);
    line.option("-U", request.proxy.credentials).flag(request.proxy.scheme == AuthScheme::digest, "--proxy-digest");
    line.flag(request.proxy.tunnel, "-p").all("--proxy-header", request.proxy.headers);
    if (request.proxy.except) line.given("--noproxy", *request.proxy.except);
    const Tls& tls = request.tls;
    line.flag(tls.insecure, "-k").flag(tls.required, "--ssl-reqd");
    if (!tls.ca_of_environment) line.option("--cacert", tls.ca_file).option("--capath", tls.ca_path);
    line.option("-E", tls.certificate + (tls.key_password.empty() ? "" : ":" + tls.key_password));
    line.option("--key", tls.key).option("--ciphers", tls.ciphers);
    if (tls.least_version != 0) line.word("--tlsv1." + std::to_string(tls.least_version % 10));
    switch (request.version) {
        case HttpVersion::negotiated:
            break;
        case HttpVersion::http1_0:
            line.word("-0");
            break;
        case HttpVersion::http1_1:
            line.word("--http1.1");
            break;
        case HttpVersion::http2:
            line.word("--http2");
            break;
        case HttpVersion::http2_only:
            line.word("--http2-prior-knowledge");
            break;
    }
}

void put_output(Line& line, const Settings& settings) {
    const Request& request = settings.request;
    line.flag(settings.include && !request.head, "-i").option("-D", settings.dump_header);
    line.flag(settings.quiet_failure, "-f").flag(!settings.quiet_failure && !settings.no_fail, "--fail-with-body");
    line.flag(settings.silent, "-s").flag(settings.show_error, "-S").option("-w", settings.write_out);
    line.option("--output-dir", settings.output_dir).flag(settings.create_dirs, "--create-dirs");
    line.flag(settings.name_from_header, "-J").flag(settings.remote_time, "-R");
    if (settings.resume.wanted)
        line.given("-C", settings.resume.offset ? std::to_string(*settings.resume.offset) : "-");
    line.flag(request.path_as_is, "--path-as-is");
}

}  // namespace

Result<std::string> curl_line(const Settings& settings) {
    const Request& request = settings.request;
    Line line;
    line.option("-X", request.method).flag(request.head, "-I").all("-H", request.headers);
    if (request.user_agent != "fid/" FID_VERSION) line.given("-A", request.user_agent);
    line.option("-e", request.referer + (request.auto_referer ? ";auto" : "")).option("-r", request.range);
    line.flag(request.compressed, "--compressed").option("-z", request.if_modified_since);
    if (auto body = put_body(line, request.body); !body) return std::unexpected(body.error());
    put_login(line, request.credentials);
    line.option("-b", request.cookies);
    for (const std::string& file : request.cookie_files) line.option("-b", file);
    line.option("-c", request.cookie_jar).flag(request.fresh_session, "-j");
    put_connection(line, request);
    put_output(line, settings);
    if (settings.targets.size() > 1 && settings.parallel > 1) line.word("-Z");
    for (const Target& target : settings.targets) {
        line.option("-T", target.upload);
        if (target.place == Target::Place::remote_name) line.word("-O");
        if (target.place == Target::Place::file) line.given("-o", target.file);
        if (target.given) line.given("-o", "-");
        line.word(target.pattern);
    }
    return line.take();
}

}  // namespace fid::cmd::fetch
