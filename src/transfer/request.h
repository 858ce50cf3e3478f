// SPDX-License-Identifier: MIT
// One transfer over HTTP or FTP, described as data: what is sent, to whom, under which conditions. Nothing here knows
// options or output, and nothing of it is libcurl's: easy.h makes a libcurl handle of it, curl_line.h a command line.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace fid::transfer {

/// One part of a multipart/form-data body.
struct FormPart {
    enum class Kind : std::uint8_t {
        text,     ///< `value` itself
        file,     ///< the file named `value`, sent with its name
        content,  ///< what the file named `value` contains, as if it were typed
    };
    std::string name;
    Kind kind = Kind::text;
    std::string value;
    std::optional<std::string> filename;  ///< told instead of the file's own name
    std::string type;                     ///< Content-Type; empty: guessed by libcurl for files, none for text
    std::string encoder;                  ///< "base64", "8bit", ...; empty: none
};

struct Body {
    enum class Kind : std::uint8_t {
        none,
        bytes,   ///< `bytes`, POST
        form,    ///< `parts`, POST
        upload,  ///< the file `path`, PUT; "-" is standard input, sent in chunks
    };
    Kind kind = Kind::none;
    std::string bytes;
    std::vector<FormPart> parts;
    std::string path;
};

enum class HttpVersion : std::uint8_t { negotiated, http1_0, http1_1, http2, http2_only };
enum class Family : std::uint8_t { any, ip4, ip6 };
enum class AuthScheme : std::uint8_t { basic, digest, any };
enum class Netrc : std::uint8_t { never, optional, required };

struct Credentials {
    std::string user;  ///< with its password behind a colon where `password` is unset
    std::optional<std::string> password;
    AuthScheme scheme = AuthScheme::basic;
    std::string bearer;  ///< a token (RFC 6750); empty: none
    Netrc netrc = Netrc::never;
    std::string netrc_file;  ///< empty: ~/.netrc
};

struct Tls {
    bool insecure = false;
    bool required = false;  ///< ftp: AUTH TLS, or nothing is sent
    std::string ca_file, ca_path;
    bool ca_of_environment = false;  ///< CURL_CA_BUNDLE and the like named them
    std::string certificate, key, key_password;
    std::string ciphers;
    unsigned least_version = 0;  ///< 10, 11, 12 or 13; 0: libcurl's
};

struct Proxy {
    std::optional<std::string> url;  ///< unset: what the environment says; empty: none at all
    std::string credentials;         ///< "user:password"
    AuthScheme scheme = AuthScheme::basic;
    std::optional<std::string> except;  ///< hosts that are reached without it
    bool tunnel = false;                ///< CONNECT for http, too
    std::vector<std::string> headers;
};

struct Redirects {
    bool follow = false;
    bool trusted = false;          ///< credentials and own headers go to other origins, too
    bool allow_downgrade = false;  ///< from https to http
    long most = 50;                ///< -1: any number
    bool keep_post_301 = false, keep_post_302 = false, keep_post_303 = false;
};

struct Retries {
    unsigned most = 0;
    std::chrono::milliseconds delay{0};         ///< 0: one second, then twice as long each time, up to ten minutes
    std::chrono::milliseconds longest_time{0};  ///< no retry begins after that; 0: no limit
    bool all_errors = false, connection_refused = false;
};

struct Request {
    std::string url;
    std::string method;  ///< empty: what the body asks for
    bool head = false;   ///< HEAD: there will be no body
    Body body;
    std::vector<std::string> headers;  ///< "Name: value"; "Name:" leaves one out, "Name;" sends an empty one
    std::string user_agent;
    std::string referer;
    bool auto_referer = false;  ///< redirects name where they came from
    std::string range;          ///< "0-99", "100-"; empty: all
    bool compressed = false;    ///< asks for encodings and undoes them
    std::string if_modified_since;
    Credentials credentials;
    Tls tls;
    Proxy proxy;
    Redirects redirects;
    Retries retries;
    HttpVersion version = HttpVersion::negotiated;
    Family family = Family::any;
    std::string interface;
    std::string unix_socket;                             ///< instead of TCP
    std::vector<std::string> resolve, connect_to;        ///< as --resolve and --connect-to of curl have them
    std::string cookies;                                 ///< "a=b; c=d"
    std::vector<std::string> cookie_files;               ///< in Netscape format, or header lines; "" only turns on
    std::string cookie_jar;                              ///< written at the end; "-": standard output
    bool fresh_session = false;                          ///< leaves out the session cookies of the files
    std::chrono::milliseconds timeout{0};                ///< for one attempt with its redirects; 0: none
    std::chrono::milliseconds connect_timeout{300'000};  ///< until the connection stands
    std::uint64_t receive_rate = 0, send_rate = 0;       ///< bytes a second; 0: as fast as it goes
    std::uint64_t most_bytes = 0;                        ///< of the body as it is written; 0: any
    std::uint64_t most_decoded_bytes = 0;                ///< the same for a body that was compressed
    bool path_as_is = false;
    bool asks_time = false;  ///< when was the file changed? A question more with FTP
};

}  // namespace fid::transfer
