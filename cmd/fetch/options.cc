// SPDX-License-Identifier: MIT
#include "cmd/fetch/options.h"

#include <iterator>

#include "cmd/fetch/load.h"
#include "cmd/recording.h"

namespace fid::cmd::fetch {
namespace {

constexpr bool many = true;  // as in curl the last one counts, or they add up

std::vector<Option> request_options() {
    constexpr std::string_view group = "Request";
    return {
        {.names = "-X,--request", .value = "METHOD", .help = "the request method", .group = group, .repeatable = many},
        {.names = "-H,--header",
         .value = "LINE",
         .help = "a header 'Name: value'; 'Name:' leaves one out, 'Name;' sends it empty; @FILE has one a line",
         .group = group,
         .repeatable = many,
         .complete = Complete::file},
        {.names = "-d,--data,--data-ascii",
         .value = "DATA",
         .help = "send DATA as a form; @FILE without its line ends; several are joined with &",
         .group = group,
         .repeatable = many,
         .complete = Complete::file},
        {.names = "--data-raw",
         .value = "DATA",
         .help = "the same; @ means nothing",
         .group = group,
         .repeatable = many},
        {.names = "--data-binary",
         .value = "DATA",
         .help = "the same; @FILE as it is",
         .group = group,
         .repeatable = many,
         .complete = Complete::file},
        {.names = "--data-urlencode",
         .value = "DATA",
         .help = "encoded: CONTENT, =CONTENT, NAME=CONTENT, @FILE or NAME@FILE",
         .group = group,
         .repeatable = many},
        {.names = "--json-data",
         .value = "DATA",
         .help =
             "send DATA (@FILE) as JSON: curl's --json, which is this before a JSON document, an @FILE or as --json=",
         .group = group,
         .repeatable = many},
        {.names = "-G,--get", .help = "what -d has goes into the URL", .group = group},
        {.names = "-F",
         .value = "PART",
         .help = "a part of a multipart form: NAME=TEXT, NAME=@FILE, NAME=<FILE, then ;type=, ;filename=, ;encoder=",
         .group = group,
         .repeatable = many},
        {.names = "--form-string",
         .value = "PART",
         .help = "a part NAME=TEXT as it is",
         .group = group,
         .repeatable = many},
        {.names = "--form", .help = "send the items NAME=TEXT as a form, and NAME@FILE as multipart", .group = group},
        {.names = "-T,--upload-file",
         .value = "FILE",
         .help = "PUT a file; - is standard input",
         .group = group,
         .repeatable = many,
         .complete = Complete::file},
        {.names = "-I,--head", .help = "HEAD; shows the headers", .group = group},
        {.names = "-A,--user-agent",
         .value = "NAME",
         .help = "User-Agent; '' sends none",
         .group = group,
         .repeatable = many},
        {.names = "-e,--referer",
         .value = "URL",
         .help = "Referer; ';auto' behind it follows redirects",
         .group = group,
         .repeatable = many},
        {.names = "-r,--range",
         .value = "RANGE",
         .help = "only these bytes: 0-99, 100-, -5",
         .group = group,
         .repeatable = many},
        {.names = "-z,--time-cond", .value = "DATE", .help = "only if it is newer", .group = group, .repeatable = many},
        {.names = "--compressed", .help = "ask for a compressed answer and decompress it", .group = group},
        {.names = "--url", .value = "URL", .help = "a URL, whatever it looks like", .group = group, .repeatable = many},
        {.names = "-g,--globoff", .help = "{} and [] in URLs are no patterns", .group = group},
        {.names = "--path-as-is", .help = "leave /../ in the URL alone", .group = group},
        {.names = "-0,--http1.0", .help = "HTTP/1.0", .group = group},
        {.names = "--http1.1", .help = "HTTP/1.1", .group = group},
        {.names = "--http2", .help = "HTTP/2 where the server can (https has it without)", .group = group},
        {.names = "--http2-prior-knowledge", .help = "HTTP/2 without asking", .group = group},
        {.names = "-K,--config",
         .value = "FILE",
         .help = "options from a file as curl has them; - is standard input",
         .group = group,
         .repeatable = many,
         .complete = Complete::file},
    };
}

std::vector<Option> identity_options() {
    constexpr std::string_view group = "Login and cookies";
    return {
        {.names = "-u,--user",
         .value = "USER[:PASSWORD]",
         .help = "log in; asks for a password that is not there (others see one that is: better --netrc)",
         .group = group,
         .repeatable = many},
        {.names = "--password-file",
         .value = "FILE",
         .help = "the password is the file's first line; - is standard input",
         .group = group,
         .complete = Complete::file},
        {.names = "--no-input", .help = "never ask for a password", .group = group},
        {.names = "--basic", .help = "HTTP Basic, which is the default", .group = group},
        {.names = "--digest", .help = "HTTP Digest", .group = group},
        {.names = "--anyauth", .help = "the best that the server offers", .group = group},
        {.names = "--oauth2-bearer",
         .value = "TOKEN",
         .help = "Authorization: Bearer",
         .group = group,
         .repeatable = many},
        {.names = "-n,--netrc", .help = "user and password from ~/.netrc, which must be there", .group = group},
        {.names = "--netrc-optional", .help = "the same where the file has them", .group = group},
        {.names = "--netrc-file", .value = "FILE", .help = "another file", .group = group, .complete = Complete::file},
        {.names = "-b,--cookie",
         .value = "DATA|FILE",
         .help = "send NAME=VALUE; or read a cookie file",
         .group = group,
         .repeatable = many,
         .complete = Complete::file},
        {.names = "-c,--cookie-jar",
         .value = "FILE",
         .help = "write the cookies there (Netscape format)",
         .group = group,
         .repeatable = many,
         .complete = Complete::file},
        {.names = "-j,--junk-session-cookies", .help = "leave out the session cookies of -b FILE", .group = group},
    };
}

constexpr std::string_view connection = "Connection";

std::vector<Option> redirect_options() {
    constexpr std::string_view group = connection;
    return {
        {.names = "-L,--location", .help = "follow redirects", .group = group},
        {.names = "--location-trusted",
         .help = "the same; credentials and headers go to other origins, too",
         .group = group},
        {.names = "--allow-downgrade", .help = "follow redirects from https to http", .group = group},
        {.names = "--max-redirs",
         .value = "N",
         .help = "how many; -1 is any number",
         .group = group,
         .fallback = "50",
         .repeatable = many},
        {.names = "--post301", .help = "a POST stays one at code 301", .group = group},
        {.names = "--post302", .help = "and at 302", .group = group},
        {.names = "--post303", .help = "and at 303", .group = group},
    };
}

std::vector<Option> retry_options() {
    constexpr std::string_view group = connection;
    return {
        {.names = "--retry",
         .value = "N",
         .help = "try again after time-outs and codes 408, 429, 500, 502-504",
         .group = group,
         .repeatable = many},
        {.names = "--retry-delay",
         .value = "TIME",
         .help = "wait that long instead of 1 s, 2 s, 4 s, ...",
         .group = group,
         .repeatable = many},
        {.names = "--retry-max-time",
         .value = "TIME",
         .help = "begin no other attempt after that",
         .group = group,
         .repeatable = many},
        {.names = "--retry-connrefused", .help = "also where nobody listens", .group = group},
        {.names = "--retry-all-errors", .help = "after every error", .group = group},
    };
}

std::vector<Option> connection_options() {
    constexpr std::string_view group = connection;
    return {
        {.names = "-m,--max-time,--timeout",
         .value = "TIME",
         .help = "longest time for a transfer",
         .group = group,
         .repeatable = many},
        {.names = "--connect-timeout",
         .value = "TIME",
         .help = "longest time until the connection stands",
         .group = group,
         .repeatable = many},
        {.names = "--limit-rate", .value = "SIZE", .help = "bytes a second", .group = group, .repeatable = many},
        {.names = "-4,--ipv4", .help = "IPv4 only", .group = group},
        {.names = "-6,--ipv6", .help = "IPv6 only", .group = group},
        {.names = "--interface",
         .value = "NAME",
         .help = "from this interface or address",
         .group = group,
         .repeatable = many,
         .complete = Complete::interface},
        {.names = "--resolve",
         .value = "HOST:PORT:ADDR",
         .help = "the address of a host, without asking DNS",
         .group = group,
         .repeatable = many},
        {.names = "--connect-to",
         .value = "H1:P1:H2:P2",
         .help = "connect to H2:P2 instead of H1:P1",
         .group = group,
         .repeatable = many},
        {.names = "--unix-socket",
         .value = "PATH",
         .help = "through a Unix socket; @NAME is an abstract one",
         .group = group,
         .repeatable = many,
         .complete = Complete::file},
        {.names = "-x,--proxy",
         .value = "URL",
         .help = "http, https, socks4a or socks5h proxy; '' is none",
         .group = group,
         .repeatable = many},
        {.names = "-U,--proxy-user",
         .value = "USER[:PASSWORD]",
         .help = "log in at the proxy",
         .group = group,
         .repeatable = many},
        {.names = "--proxy-digest", .help = "with HTTP Digest", .group = group},
        {.names = "--proxy-header",
         .value = "LINE",
         .help = "a header for the proxy",
         .group = group,
         .repeatable = many},
        {.names = "-p,--proxytunnel", .help = "CONNECT through the proxy, for http, too", .group = group},
        {.names = "--noproxy",
         .value = "HOSTS",
         .help = "reach these without the proxy",
         .group = group,
         .repeatable = many},
    };
}

std::vector<Option> tls_options() {
    constexpr std::string_view group = connection;
    return {
        {.names = "-k,--insecure,--tls-insecure", .help = "trust any certificate", .group = group},
        {.names = "--cacert,--tls-ca",
         .value = "FILE",
         .help = "trust the authorities of this file only",
         .group = group,
         .repeatable = many,
         .complete = Complete::file},
        {.names = "--capath",
         .value = "DIR",
         .help = "the same, a directory",
         .group = group,
         .repeatable = many,
         .complete = Complete::directory},
        {.names = "-E,--cert,--tls-cert",
         .value = "FILE",
         .help = "our certificate",
         .group = group,
         .repeatable = many,
         .complete = Complete::file},
        {.names = "--key,--tls-key",
         .value = "FILE",
         .help = "its key",
         .group = group,
         .repeatable = many,
         .complete = Complete::file},
        {.names = "--ciphers",
         .value = "LIST",
         .help = "OpenSSL's names, up to TLS 1.2",
         .group = group,
         .repeatable = many},
        {.names = "--ssl-reqd", .help = "ftp: AUTH TLS, or nothing is sent", .group = group},
        {.names = "--tlsv1.0", .help = "TLS 1.0 or newer", .group = group},
        {.names = "--tlsv1.1", .help = "TLS 1.1 or newer", .group = group},
        {.names = "--tlsv1.2", .help = "TLS 1.2 or newer", .group = group},
        {.names = "--tlsv1.3", .help = "TLS 1.3", .group = group},
        {.names = "--parallel",
         .value = "N",
         .help = "so many transfers to files at once",
         .group = group,
         .fallback = "6"},
    };
}

std::vector<Option> output_options() {
    constexpr std::string_view group = "Output";
    return {
        {.names = "-o,--output",
         .value = "FILE",
         .help = "the body goes there; - is standard output, whatever it is; #1 is what the first pattern stands for",
         .group = group,
         .repeatable = many,
         .complete = Complete::file},
        {.names = "-O,--remote-name", .help = "into a file with the name it has in the URL", .group = group},
        {.names = "--remote-name-all", .help = "-O for all URLs", .group = group},
        {.names = "-J,--remote-header-name",
         .help = "with -O: the name that the server tells, if there is no such file",
         .group = group},
        {.names = "--output-dir",
         .value = "DIR",
         .help = "files go there",
         .group = group,
         .repeatable = many,
         .complete = Complete::directory},
        {.names = "--create-dirs", .help = "make the directories of files", .group = group},
        {.names = "-R,--remote-time", .help = "files get the server's time stamp", .group = group},
        {.names = "-C,--continue-at",
         .value = "OFFSET",
         .help = "go on with a download; - finds out where",
         .group = group,
         .repeatable = many},
        {.names = "--max-filesize",
         .value = "SIZE",
         .help = "stop at a larger body [1G for what was compressed]",
         .group = group,
         .repeatable = many},
        {.names = "-i,--include", .help = "the headers, too", .group = group},
        {.names = "-D,--dump-header",
         .value = "FILE",
         .help = "the headers go there",
         .group = group,
         .repeatable = many,
         .complete = Complete::file},
        {.names = "-f,--fail", .help = "no body where the server answers with an error", .group = group},
        {.names = "--fail-with-body", .help = "status 22 and the body, which is the default", .group = group},
        {.names = "--no-fail", .help = "status 0 whatever the server answers", .group = group},
        {.names = "-w,--write-out",
         .value = "FORMAT",
         .help = "write that after each transfer: %{http_code}, %{time_total}, ...; @FILE",
         .group = group,
         .repeatable = many,
         .complete = Complete::file},
        {.names = "-s,--silent", .help = "no progress and no errors", .group = group},
        {.names = "-S,--show-error", .help = "with -s: errors nevertheless", .group = group},
        {.names = "-#,--progress-bar", .help = "taken as it is typed: bars are what there is", .group = group},
        {.names = "-N,--no-buffer", .help = "taken as it is typed: nothing is held back", .group = group},
        {.names = "--timing", .help = "tell how long each step took", .group = group},
        {.names = "--dry-run", .help = "print the request, and send nothing", .group = group},
        {.names = "--as-curl", .help = "print the command line of curl for it, and send nothing", .group = group},
    };
}

void append(std::vector<Option>& all, std::vector<Option> more) {
    all.insert(all.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

}  // namespace

std::vector<Option> option_list() {
    std::vector<Option> all = request_options();
    append(all, identity_options());
    append(all, redirect_options());
    append(all, retry_options());
    append(all, connection_options());
    append(all, tls_options());
    append(all, output_options());
    append(all, load_options());
    append(all, record_options());
    return all;
}

std::vector<ForeignOption> foreign_options() {
    return {
        {"-:,--next", "run fid fetch once for each set of options"},
        {"-a,--append,-B,--use-ascii,-l,--list-only,-P,--ftp-port,-Q,--quote,--ftp-pasv,--ftp-create-dirs",
         "fid ftp has ls, get, put, mirror and more; fid fetch moves a file"},
        {"--ssl", "--ssl-reqd does not go on without TLS"},
        {"--mail-from,--mail-rcpt,--mail-auth", "that is of mail, which fid fetch does not speak"},
        {"-t,--telnet-option", "fid connect --telnet speaks telnet"},
        {"-M,--manual", "fid fetch --help has all of it; man fid-fetch"},
        {"-Z,--parallel-immediate", "transfers to files run side by side as it is; --parallel N says how many"},
        {"--parallel-max", "--parallel N says how many transfers run side by side"},
        {"-Y,--speed-limit,-y,--speed-time", "-m TIME ends a transfer that takes too long"},
        {"--trace,--trace-ascii,--trace-time",
         "-v shows the dialogue, --record FILE.pcapng keeps every byte with its time"},
        {"--stderr", "the shell does that: 2> FILE"},
        {"--url-query", "the item NAME==VALUE, or -G --data-urlencode"},
        {"--styled-output,--no-styled-output", "--color never"},
        {"--no-progress-meter", "-q"},
        {"--fail-early", "several URLs are fetched to the end; run fid fetch once for each to stop at the first error"},
        {"--proto,--proto-default,--proto-redir",
         "http, https, ftp and ftps are all there is; https never goes on as http unasked"},
        {"--preproxy,--socks4,--socks4a,--socks5,--socks5-hostname",
         "-x socks5h://HOST:PORT (socks4, socks4a, socks5)"},
        {"--ntlm,--negotiate,--aws-sigv4,--delegation,--krb,--proxy-ntlm,--proxy-negotiate,--proxy-anyauth,--proxy-"
         "basic",
         "Basic, Digest, bearer tokens and --anyauth are what there is"},
        {"--dns-servers,--dns-interface,--dns-ipv4-addr,--dns-ipv6-addr,--doh-url",
         "ask with fid resolve NAME @SERVER and give the answer to --resolve"},
        {"--http3,--http3-only", "the system's libcurl has no HTTP/3"},
        {"--tls-max,--tls13-ciphers,--sslv2,--sslv3,-2,-3,-1,--tlsv1", "--tlsv1.2 or --tlsv1.3"},
        {"--etag-save,--etag-compare", "-H 'If-None-Match: ...'"},
        {"--form-escape", "libcurl escapes names in forms as browsers do"},
        {"--libcurl", "--as-curl prints a command line of curl"},
        {"--disable", "no file of defaults is read: there is nothing to leave out"},
        {"--request-target,--haproxy-protocol,--local-port,--pinnedpubkey,--crlfile,--pass,--cert-type,--key-type",
         "--as-curl prints the line, to which curl's own option can be added"},
    };
}

}  // namespace fid::cmd::fetch
