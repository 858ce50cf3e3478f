// SPDX-License-Identifier: MIT
#include "cmd/fetch/dialogue.h"

#include <algorithm>
#include <array>

#include "transport/http_head.h"

namespace fid::cmd::fetch {

std::string redacted(std::string_view header) {
    static constexpr std::array<std::string_view, 8> secret{"Authorization", "Proxy-Authorization", "Cookie",
                                                            "Set-Cookie",    "X-Api-Key",           "Api-Key",
                                                            "X-Auth-Token",  "X-Amz-Security-Token"};
    const std::size_t colon = header.find(':');
    const std::string_view name = header.substr(0, colon);
    Text text;
    if (colon != std::string_view::npos &&
        std::ranges::any_of(secret, [&](std::string_view known) { return transport::same_token(known, name); })) {
        text.escaped(name);
        text.put(": ");
        const std::string_view value =
            header.substr(std::min(header.find_first_not_of(" \t", colon + 1), header.size()));
        // The scheme of a login, and the name of a cookie, are no secrets.
        const std::size_t end = value.find_first_of(name.find("ookie") != std::string_view::npos ? "=" : " ");
        if (end != std::string_view::npos) text.escaped(value.substr(0, end + 1));
        text.put("***");
    } else {
        text.escaped(header);
    }
    return text.take();
}

std::string dialogue_lines(transfer::Trace kind, Bytes bytes) {
    using transfer::Trace;
    std::string lines;
    if (kind == Trace::data_in || kind == Trace::data_out) {
        lines = kind == Trace::data_in ? "{ [" : "} [";
        return lines + std::to_string(bytes.size()) + " bytes data]\n";
    }
    const char mark = kind == Trace::note ? '*' : kind == Trace::header_in ? '<' : '>';
    std::string_view rest = as_text(bytes);
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        std::string_view line = rest.substr(0, end);
        if (line.ends_with('\r')) line.remove_suffix(1);
        lines += mark;
        lines += ' ';
        if (kind == Trace::note && line.starts_with("Server auth using"))
            line = line.substr(0, line.find(" with user"));
        if (kind == Trace::header_out && line.starts_with("PASS ")) line = "PASS ***";  // RFC 959 section 4.1.1
        lines += kind == Trace::note && !line.starts_with("h2h3 [") ? [&] {
            Text text;
            text.escaped(line);
            return text.take();
        }()
                                                                    : redacted(line);
        lines += '\n';
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return lines;
}

}  // namespace fid::cmd::fetch
