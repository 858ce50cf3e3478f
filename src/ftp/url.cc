// SPDX-License-Identifier: MIT
#include "ftp/url.h"

#include <fnmatch.h>

#include <optional>

#include "address/characters.h"
#include "ftp/names.h"

namespace fid::ftp {
namespace {

/// %XX undone; in a pattern a decoded character stands for itself.
std::optional<std::string> decoded(std::string_view text, bool pattern) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i];
            continue;
        }
        const auto byte = percent_byte(text.substr(i));
        if (!byte) return std::nullopt;
        if (pattern) out += '\\';
        out += static_cast<char>(*byte);
        i += 2;
    }
    return out;
}

}  // namespace

Result<Url> Url::parse(std::string_view text) {
    const auto refuse = [&](std::string cause, std::string hint = {}) {
        return fail(Status::usage, "not an FTP address:", std::string(text), std::move(cause), std::move(hint));
    };
    const std::size_t scheme = text.find("://");
    const std::size_t host = scheme == std::string_view::npos ? 0 : scheme + 3;
    const std::size_t slash = text.find('/', host);
    const std::string server(text.substr(0, slash));
    auto endpoint = Endpoint::parse(host == 0 ? "ftp://" + server : server);
    if (!endpoint) return std::unexpected(std::move(endpoint.error()));
    if (endpoint->scheme != "ftp" && endpoint->scheme != "ftps")
        return refuse(endpoint->scheme + ":// is another protocol", "ftp:// or ftps://");
    if (endpoint->host.empty()) return refuse("it has no host");
    if (!endpoint->parameters.empty()) return refuse("parameters are not known here");
    if (endpoint->password)
        return fail(Status::usage, "a password on the command line is seen by every user:", endpoint->text(), {},
                    "leave it out: --password-file FILE, FID_FTP_PASSWORD, ~/.netrc, or wait to be asked");
    Url url;
    url.server = std::move(*endpoint);
    if (slash == std::string_view::npos) return url;
    const std::string_view raw = text.substr(slash + 1);
    const std::string_view last = base_name(raw);
    auto path = decoded(raw, false);
    if (!path) return refuse("a % is not followed by two hexadecimal digits", "a % itself is written %25");
    if (auto fit = check_argument(*path); !fit) return std::unexpected(std::move(fit.error()));
    url.path = std::move(*path);
    if (last.find_first_of("*?[") != std::string_view::npos) {
        url.pattern = *decoded(last, true);
        url.path = parent_path(url.path);
    }
    url.directory = url.path.ends_with('/');
    while (url.path.size() > 1 && url.path.ends_with('/')) url.path.pop_back();
    return url;
}

std::string Url::text() const { return text(pattern.empty() ? path : joined(path, pattern)); }

std::string Url::text(std::string_view other) const {
    std::string shown = server.text();
    shown += '/';
    return shown += other;
}

bool fits(const std::string& pattern, const std::string& name) {
    return fnmatch(pattern.c_str(), name.c_str(), 0) == 0;
}

}  // namespace fid::ftp
