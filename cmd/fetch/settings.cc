// SPDX-License-Identifier: MIT
#include "cmd/fetch/settings.h"

#include <algorithm>
#include <cstdlib>

#include "cmd/fetch/body.h"
#include "cmd/fetch/files.h"
#include "cmd/fetch/items.h"
#include "cmd/values.h"
#include "transfer/redirect.h"

namespace fid::cmd::fetch {
namespace {

using transfer::AuthScheme;
using transfer::Body;
using transfer::Family;
using transfer::HttpVersion;
using transfer::Netrc;
using transfer::Request;

Result<std::chrono::milliseconds> time_value(const Arguments& args, std::string_view name) {
    const auto time = read_duration(name, args.value(name));
    if (!time) return std::unexpected(time.error());
    return std::max(std::chrono::ceil<std::chrono::milliseconds>(*time), std::chrono::milliseconds(1));
}

/// One option after another into fields; the first error is kept.
class Reader {
  public:
    explicit Reader(const Arguments& args) : args_(args) {}

    void text(std::string_view name, std::string& into) {
        if (args_.has(name)) into = args_.value(name);
    }
    void time(std::string_view name, std::chrono::milliseconds& into) {
        if (!args_.has(name)) return;
        if (auto value = time_value(args_, name))
            into = *value;
        else
            keep(value.error());
    }
    void size(std::string_view name, std::uint64_t& into) {
        if (!args_.has(name)) return;
        if (auto value = read_size(name, args_.value(name)))
            into = *value;
        else
            keep(value.error());
    }
    void count(std::string_view name, unsigned& into, unsigned least, unsigned most) {
        if (auto value = read_count(name, args_.value(name), least, most))
            into = static_cast<unsigned>(*value);
        else
            keep(value.error());
    }
    void keep(Error error) {
        if (!error_) error_ = std::move(error);
    }
    [[nodiscard]] const std::optional<Error>& error() const { return error_; }

  private:
    const Arguments& args_;
    std::optional<Error> error_;
};

/// curl's -H @FILE: a header on each line.
Result<void> read_headers(const std::vector<std::string>& typed, std::vector<std::string>& headers) {
    for (const std::string& line : typed) {
        if (!line.starts_with('@')) {
            if (line.find_first_of("\r\n") != std::string::npos)
                return fail(Status::usage, "a header is one line:", line.substr(0, line.find_first_of("\r\n")));
            headers.push_back(line);
            continue;
        }
        const auto text = read_file(line.substr(1));
        if (!text) return std::unexpected(text.error());
        std::string_view rest = *text;
        while (!rest.empty()) {
            const std::size_t end = std::min(rest.find('\n'), rest.size());
            std::string one(rest.substr(0, end));
            if (one.ends_with('\r')) one.pop_back();
            if (!one.empty()) headers.push_back(std::move(one));
            rest.remove_prefix(std::min(end + 1, rest.size()));
        }
    }
    return {};
}

void read_cookies(const Arguments& args, Request& request) {
    for (const std::string& value : args.values("-b")) {
        if (value.find('=') == std::string::npos)
            request.cookie_files.push_back(value);
        else
            request.cookies += (request.cookies.empty() ? "" : ";") + value;
    }
    if (args.has("-c") && request.cookie_files.empty()) request.cookie_files.emplace_back();
    request.fresh_session = args.has("-j");
}

Result<void> read_credentials(const Arguments& args, Request& request) {
    transfer::Credentials& who = request.credentials;
    who.user = args.value("-u");
    who.bearer = args.value("--oauth2-bearer");
    if (args.has("--digest")) who.scheme = AuthScheme::digest;
    if (args.has("--anyauth")) who.scheme = AuthScheme::any;
    if (args.has("-n") || args.has("--netrc-file")) who.netrc = Netrc::required;
    if (args.has("--netrc-optional")) who.netrc = Netrc::optional;
    who.netrc_file = args.value("--netrc-file");
    if (args.has("--password-file")) {
        if (!args.has("-u")) return fail(Status::usage, "--password-file belongs to -u USER", {});
        auto text = read_file(std::string(args.value("--password-file")));
        if (!text) return std::unexpected(text.error());
        text->resize(std::min(text->find_first_of("\r\n"), text->size()));
        who.password = std::move(*text);
    } else if (args.has("-u") && who.user.find(':') == std::string::npos && !args.has("--dry-run") &&
               !args.has("--as-curl")) {
        if (args.has("--no-input"))
            return fail(Status::usage, "no password for", who.user, {}, "--password-file FILE or --netrc has it");
        auto password = ask_password("Password for " + who.user + ": ");
        if (!password) return std::unexpected(password.error());
        who.password = std::move(*password);
    }
    return {};
}

void read_version(const Arguments& args, Request& request) {
    if (args.has("-0")) request.version = HttpVersion::http1_0;
    if (args.has("--http1.1")) request.version = HttpVersion::http1_1;
    if (args.has("--http2")) request.version = HttpVersion::http2;
    if (args.has("--http2-prior-knowledge")) request.version = HttpVersion::http2_only;
    if (args.has("-4")) request.family = Family::ip4;
    if (args.has("-6")) request.family = Family::ip6;
    transfer::Tls& tls = request.tls;
    tls.insecure = args.has("-k");
    tls.required = args.has("--ssl-reqd");
    if (args.has("--tlsv1.0")) tls.least_version = 10;
    if (args.has("--tlsv1.1")) tls.least_version = 11;
    if (args.has("--tlsv1.2")) tls.least_version = 12;
    if (args.has("--tlsv1.3")) tls.least_version = 13;
    // Without --cacert and --capath curl's own variables count, as in curl.
    const auto variable = [](const char* name) {
        const char* const value = std::getenv(name);
        return std::string(value == nullptr ? "" : value);
    };
    tls.ca_file = args.value("--cacert");
    tls.ca_path = args.value("--capath");
    if (tls.ca_file.empty() && tls.ca_path.empty()) {
        tls.ca_of_environment = true;
        tls.ca_file = variable("CURL_CA_BUNDLE");
        if (tls.ca_file.empty()) tls.ca_path = variable("SSL_CERT_DIR");
        if (tls.ca_file.empty()) tls.ca_file = variable("SSL_CERT_FILE");
    }
    tls.certificate = args.value("-E");
    // "FILE:PASSPHRASE", as curl has it; a colon of the file's name is escaped there.
    if (const std::size_t colon = tls.certificate.find(':'); colon != std::string::npos) {
        tls.key_password = tls.certificate.substr(colon + 1);
        tls.certificate.resize(colon);
    }
    tls.key = args.value("--key");
}

void read_proxy(const Arguments& args, transfer::Proxy& proxy) {
    if (args.has("-x")) proxy.url = args.value("-x");
    proxy.credentials = args.value("-U");
    if (args.has("--proxy-digest")) proxy.scheme = AuthScheme::digest;
    if (args.has("--noproxy")) proxy.except = args.value("--noproxy");
    proxy.tunnel = args.has("-p");
    proxy.headers = args.values("--proxy-header");
}

Result<void> read_redirects(const Arguments& args, transfer::Redirects& redirects) {
    redirects.trusted = args.has("--location-trusted");
    redirects.follow = args.has("-L") || redirects.trusted;
    redirects.allow_downgrade = args.has("--allow-downgrade");
    redirects.keep_post_301 = args.has("--post301");
    redirects.keep_post_302 = args.has("--post302");
    redirects.keep_post_303 = args.has("--post303");
    const auto most = read_integer("--max-redirs", args.value("--max-redirs"));
    if (!most) return std::unexpected(most.error());
    redirects.most = static_cast<long>(std::max<std::int64_t>(*most, -1));
    return {};
}

void read_limits(const Arguments& args, Reader& reader, Request& request) {
    reader.time("-m", request.timeout);
    reader.time("--connect-timeout", request.connect_timeout);
    reader.size("--limit-rate", request.receive_rate);
    request.send_rate = request.receive_rate;
    reader.size("--max-filesize", request.most_bytes);
    constexpr std::uint64_t gibibyte = 1ULL << 30U;
    request.most_decoded_bytes = gibibyte;
    if (args.has("--retry")) reader.count("--retry", request.retries.most, 0, 1'000'000);
    reader.time("--retry-delay", request.retries.delay);
    reader.time("--retry-max-time", request.retries.longest_time);
    request.retries.all_errors = args.has("--retry-all-errors");
    request.retries.connection_refused = args.has("--retry-connrefused");
}

/// The body of the options, or with -G the query.
Result<void> read_typed_body(const Arguments& args, Request& request, std::string& query) {
    auto body = read_body(args);
    if (!body) return std::unexpected(body.error());
    const int kinds = (body->any_data ? 1 : 0) + (body->parts.empty() ? 0 : 1) + (args.has("-T") ? 1 : 0);
    if (kinds > 1) return fail(Status::usage, "-d, -F and -T exclude each other", {}, {}, "each makes the body");
    if (args.has("-I") && kinds != 0 && !args.has("-G"))
        return fail(Status::usage, "-I asks for no body, and sends none", {}, {}, "-X HEAD -d DATA sends both");
    if (body->any_data && args.has("-G")) {
        query = std::move(body->data);
    } else if (body->any_data) {
        request.body.kind = Body::Kind::bytes;
        request.body.bytes = std::move(body->data);
    } else if (!body->parts.empty()) {
        request.body.kind = Body::Kind::form;
        request.body.parts = std::move(body->parts);
    } else if (args.has("-T")) {
        request.body.kind = Body::Kind::upload;
    }
    if (body->json) {
        const auto add = [&](std::string_view name) {
            const bool there = std::ranges::any_of(request.headers, [&](const std::string& header) {
                return header.size() > name.size() && header[name.size()] == ':' &&
                       std::ranges::equal(std::string_view(header).substr(0, name.size()), name,
                                          [](char a, char b) { return (a | 0x20) == (b | 0x20); });
            });
            if (!there) request.headers.push_back(std::string(name) + ": application/json");
        };
        add("Content-Type");
        add("Accept");
    }
    return {};
}

/// -o, -O and -T in their order, one for each URL.
Result<void> read_places(const Arguments& args, Settings& settings) {
    std::size_t next = 0, uploads = 0;
    for (const Arguments::Typed& typed : args.in_order()) {
        if (typed.name == "-T" && uploads < settings.targets.size()) settings.targets[uploads++].upload = typed.value;
        if (typed.name != "-o" && typed.name != "-O") continue;
        if (next == settings.targets.size())
            return fail(Status::usage, "there are more -o and -O than URLs", {}, {},
                        "the first belongs to the first URL");
        Target& target = settings.targets[next++];
        if (typed.name == "-O") {
            target.place = Target::Place::remote_name;
        } else if (typed.value == "-") {
            target.given = true;
        } else {
            target.place = Target::Place::file;
            target.file = typed.value;
        }
    }
    if (args.has("--remote-name-all"))
        for (; next < settings.targets.size(); ++next) settings.targets[next].place = Target::Place::remote_name;
    return {};
}

/// `url` with a query of ours behind its own.
std::string with_query(std::string url, std::string_view query) {
    if (query.empty()) return url;
    const std::size_t fragment = std::min(url.find('#'), url.size());
    const std::string tail = url.substr(fragment);
    url.resize(fragment);
    if (const std::size_t scheme = url.find("://");
        url.find('/', scheme == url.npos ? 0 : scheme + 3) == url.npos && url.find('?') == url.npos)
        url += '/';
    url += url.find('?') == std::string::npos ? '?' : '&';
    return url.append(query).append(tail);
}

Result<void> read_targets(const Arguments& args, const Words& words, std::string_view query, Settings& settings) {
    std::vector<std::string> urls = args.values("--url");
    urls.insert(urls.end(), words.urls.begin(), words.urls.end());
    if (urls.empty())
        return fail(Status::usage, "no URL to fetch", {}, {}, "fid fetch URL, or fid fetch POST URL NAME=TEXT");
    for (std::string& url : urls) {
        if (url.starts_with(":") || url == "/") url.insert(0, "http://localhost");
        for (const std::string_view other : {"sftp://", "file://", "smtp://", "imap://", "ws://"})
            if (url.starts_with(other))
                return fail(Status::bad_input, "not a URL of the web:", url, {},
                            "fid fetch speaks http, https, ftp and ftps");
        Target target{.pattern = with_query(url, query)};
        if (args.has("-g")) {
            target.glob = transfer::Glob::literal(target.pattern);
        } else {
            auto glob = transfer::Glob::read(target.pattern);
            if (!glob) return std::unexpected(glob.error());
            target.glob = std::move(*glob);
        }
        settings.targets.push_back(std::move(target));
    }
    return {};
}

Result<void> read_output(const Arguments& args, Reader& reader, Settings& settings) {
    settings.include = args.has("-i") || args.has("-I");
    settings.output_dir = args.value("--output-dir");
    settings.dump_header = args.value("-D");
    settings.name_from_header = args.has("-J");
    settings.create_dirs = args.has("--create-dirs");
    settings.remote_time = args.has("-R");
    settings.request.asks_time = settings.remote_time || settings.request.head;
    settings.quiet_failure = args.has("-f");
    settings.no_fail = args.has("--no-fail");
    settings.silent = args.has("-s");
    settings.show_error = args.has("-S");
    settings.timing = args.has("--timing");
    settings.dry_run = args.has("--dry-run");
    settings.as_curl = args.has("--as-curl");
    settings.write_out = args.value("-w");
    if (settings.write_out.starts_with('@')) {
        auto text = read_file(settings.write_out.substr(1));
        if (!text) return std::unexpected(text.error());
        settings.write_out = std::move(*text);
    }
    if (args.has("-C")) {
        settings.resume.wanted = true;
        const std::string_view offset = args.value("-C");
        if (offset != "-") {
            auto number = read_count("-C", offset);
            if (!number) return std::unexpected(number.error());
            settings.resume.offset = *number;
        }
        if (args.has("-r")) return fail(Status::usage, "-C and -r exclude each other", {});
    }
    reader.count("--parallel", settings.parallel, 1, 1000);
    return {};
}

/// A file down or up and a folder's listing are what FTP has of all this; the rest is refused, not passed over.
Result<void> check_ftp(const Arguments& args, const Settings& settings) {
    const auto is_ftp = [](const Target& target) { return transfer::is_ftp(target.pattern); };
    const auto found = std::ranges::find_if(settings.targets, is_ftp);
    if (found == settings.targets.end()) return {};
    const Request& request = settings.request;
    if (request.body.kind == Body::Kind::bytes || request.body.kind == Body::Kind::form || !request.method.empty())
        return fail(Status::usage, "FTP has no methods and forms:", found->pattern, {}, "-T FILE sends a file");
    if (args.has("--record"))
        return fail(Status::usage, "--record does not keep FTP here:", found->pattern, {},
                    "fid ftp get --record FILE.pcapng URL does");
    if (args.has("--dry-run") || args.has("--load"))
        return fail(Status::usage, "FTP has no request to show or repeat:", found->pattern, {},
                    "-v shows the dialogue");
    return {};
}

/// Bodies on standard output come one after another, and cookies of one answer are for the next request.
unsigned lanes(const Arguments& args, const Settings& settings) {
    const bool to_stdout = std::ranges::any_of(
        settings.targets, [](const Target& target) { return target.place == Target::Place::standard_output; });
    const bool ordered = to_stdout || !settings.request.cookie_files.empty() || settings.dump_header == "-" ||
                         (settings.include && to_stdout);
    return ordered && !args.has("--parallel") ? 1 : to_stdout ? 1 : settings.parallel;
}

}  // namespace

Result<Settings> read_settings(const Context& context) {
    const Arguments& args = context.args;
    Settings settings;
    Request& request = settings.request;
    Reader reader(args);
    const Words words = divide_words(args.words());

    request.method = words.method;
    if (args.has("-X")) request.method = args.value("-X");
    request.head = args.has("-I");
    if (auto done = read_headers(args.values("-H"), request.headers); !done) return std::unexpected(done.error());
    request.user_agent = args.has("-A") ? std::string(args.value("-A")) : "fid/" FID_VERSION;
    request.referer = args.value("-e");
    if (const std::size_t at = request.referer.find(";auto"); at != std::string::npos) {
        request.referer.resize(at);
        request.auto_referer = true;
    }
    request.range = args.value("-r");
    if (!request.range.empty() && request.range.find('-') == std::string::npos) request.range += '-';
    request.if_modified_since = args.value("-z");
    request.compressed = args.has("--compressed");
    request.path_as_is = args.has("--path-as-is");
    reader.text("--interface", request.interface);
    reader.text("--unix-socket", request.unix_socket);
    reader.text("-c", request.cookie_jar);
    reader.text("--ciphers", request.tls.ciphers);
    request.resolve = args.values("--resolve");
    request.connect_to = args.values("--connect-to");
    read_cookies(args, request);
    read_version(args, request);
    read_proxy(args, request.proxy);
    read_limits(args, reader, request);
    if (auto done = read_redirects(args, request.redirects); !done) return std::unexpected(done.error());

    std::string query;
    if (auto done = read_typed_body(args, request, query); !done) return std::unexpected(done.error());
    if (auto done = add_items(words.items, args.has("--form"), request, query); !done)
        return std::unexpected(done.error());
    // A method by its word beside the body's own (POST ... name=Ann) needs no override.
    if (!args.has("-X") && request.method == (request.body.kind == Body::Kind::none ? "GET" : "POST"))
        request.method.clear();
    if (request.method == "HEAD" && request.body.kind == Body::Kind::none && !words.method.empty()) {
        request.method.clear();
        request.head = true;
    }
    if (auto done = read_targets(args, words, query, settings); !done) return std::unexpected(done.error());
    if (auto done = read_output(args, reader, settings); !done) return std::unexpected(done.error());
    settings.include = settings.include || request.head;
    if (auto done = read_places(args, settings); !done) return std::unexpected(done.error());
    if (const auto& error = reader.error()) return std::unexpected(*error);
    settings.parallel = lanes(args, settings);
    if (settings.resume.wanted && request.body.kind == Body::Kind::upload)
        return fail(Status::usage, "-C goes on with downloads, not with -T", {});
    if (auto done = check_ftp(args, settings); !done) return std::unexpected(done.error());
    if (auto done = read_credentials(args, request); !done) return std::unexpected(done.error());
    return settings;
}

}  // namespace fid::cmd::fetch
