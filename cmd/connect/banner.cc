// SPDX-License-Identifier: MIT
#include "cmd/connect/banner.h"

#include <algorithm>
#include <array>

#include "report/text.h"

namespace fid::cmd::connect {
namespace {

struct Beginning {
    std::string_view text, service;
    std::string_view within = {};  ///< must stand somewhere behind it
};

constexpr std::array beginnings{
    Beginning{"SSH-", "ssh"},
    Beginning{"RFB 0", "rfb"},
    Beginning{"@RSYNCD: ", "rsync"},
    Beginning{"+OK", "pop3"},
    Beginning{"* OK", "imap"},
    Beginning{"* PREAUTH", "imap"},
    Beginning{"220", "smtp", "SMTP"},
    Beginning{"220", "ftp", "FTP"},
    Beginning{"HTTP/1.", "http"},
    Beginning{"( success (", "svn"},
    Beginning{"\"IMPLEMENTATION\"", "sieve"},
};

}  // namespace

std::string banner_line(std::string_view said) {
    const std::size_t first = said.find_first_not_of("\r\n");
    if (first == std::string_view::npos) return {};
    said.remove_prefix(first);
    return std::string(said.substr(0, said.find_first_of("\r\n")));
}

std::string text_answer(std::string_view answer) {
    const auto is_text = [](char c) {
        return static_cast<unsigned char>(c) >= ' ' || c == '\t' || c == '\r' || c == '\n';
    };
    if (!std::ranges::all_of(answer, is_text) || !is_utf8(as_bytes(answer))) return {};
    return banner_line(answer);
}

std::string_view service_of_banner(std::string_view banner) {
    for (const Beginning& one : beginnings)
        if (banner.starts_with(one.text) && banner.find(one.within) != std::string_view::npos) return one.service;
    return {};
}

}  // namespace fid::cmd::connect
