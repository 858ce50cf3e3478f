// SPDX-License-Identifier: MIT
// Replies and listings of a hostile FTP server: the first byte says which, and how large the pieces are.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "ftp/features.h"
#include "ftp/listing.h"
#include "ftp/names.h"

namespace {

using namespace fid;
using namespace fid::ftp;

void check(bool holds) {
    if (!holds) std::abort();
}

void read_replies(std::string_view bytes, std::size_t step) {
    ReplyReader reader;
    for (std::size_t at = 0; at < bytes.size(); at += step) {
        reader.feed(bytes.substr(at, step));
        while (true) {
            const auto next = reader.next();
            if (!next) return;
            if (!*next) break;
            const Reply& reply = **next;
            check(reply.code >= 100 && reply.code < 600 && !reply.lines.empty());
            (void)extended_passive_port(reply);
            (void)passive_port(reply);
            (void)quoted_path(reply);
            (void)size_value(reply);
            (void)time_value(reply.lines.back());
            (void)parse_features(reply);
            (void)reply.text();
        }
    }
}

void read_listing(std::string_view bytes, std::size_t step, bool facts) {
    constexpr std::int64_t now = 1714560000;
    ListingReader reader(facts, now);
    for (std::size_t at = 0; at < bytes.size(); at += step)
        if (!reader.feed(bytes.substr(at, step))) return;
    for (const Entry& entry : reader.finish()) {
        check(!entry.name.empty() && entry.name.find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos);
        check(entry.name != "." && entry.name != "..");
        check(is_partial_name(partial_name(entry.name, entry.size, entry.modified)));
        check(!is_plain_name(entry.name) || partial_name(entry.name, entry.size, entry.modified).size() <= 255);
        if (entry.modified) (void)time_text(*entry.modified);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
    const std::size_t step = 1U + data[0] / 4U;
    if (data[0] % 4 < 2)
        read_replies(bytes, step);
    else
        read_listing(bytes, step, data[0] % 4 == 2);
    return 0;
}
