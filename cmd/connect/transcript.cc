// SPDX-License-Identifier: MIT
#include "cmd/connect/transcript.h"

#include <algorithm>
#include <utility>

#include "cmd/connect/editor.h"

namespace fid::cmd::connect {
namespace {

/// How many bytes at the end may be the beginning of something: a UTF-8 character, or CR LF.
std::size_t unfinished(std::string_view text) {
    if (text.ends_with('\r')) return 1;
    for (std::size_t back = 1; back <= std::min<std::size_t>(3, text.size()); ++back) {
        const auto byte = static_cast<unsigned char>(text[text.size() - back]);
        if ((byte & 0xc0U) == 0x80) continue;
        const std::size_t length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
        return length > back ? back : 0;
    }
    return 0;
}

}  // namespace

void Transcript::take(Bytes bytes, std::size_t columns, Text& out) {
    const std::string joined = kept_.empty() ? std::string() : std::exchange(kept_, {}).append(as_text(bytes));
    std::string_view rest = joined.empty() ? as_text(bytes) : std::string_view(joined);
    for (std::size_t end; (end = rest.find('\n')) != std::string_view::npos; rest.remove_prefix(end + 1)) {
        std::string_view line = rest.substr(0, end);
        if (line.ends_with('\r')) line.remove_suffix(1);
        put(line);
        out.put(begun_.view());
        out.put('\n');
        end_line();
    }
    const std::size_t keep = unfinished(rest);
    put(rest.substr(0, rest.size() - keep));
    kept_ = rest.substr(rest.size() - keep);
    // What stands before the typed line leaves room for it.
    if (begun_columns_ <= columns * 3 / 4) return;
    out.put(begun_.view());
    out.put('\n');
    end_line();
}

void Transcript::end_line() {
    begun_.clear();
    begun_columns_ = 0;
}

/// A backslash stays one, for this is there to be read; tabs become blanks, since a tab's width is the terminal's idea.
void Transcript::put(std::string_view text) {
    constexpr std::size_t tab = 8;
    while (!text.empty()) {
        const std::string_view plain = text.substr(0, text.find_first_of("\\\t"));
        const std::size_t before = begun_.size();
        begun_.escaped(plain);
        begun_columns_ += shown_columns(begun_.view().substr(before));
        text.remove_prefix(plain.size());
        if (text.empty()) break;
        const std::size_t count = text[0] == '\t' ? tab - begun_columns_ % tab : 1;
        begun_.fill(text[0] == '\t' ? ' ' : '\\', count);
        begun_columns_ += count;
        text.remove_prefix(1);
    }
}

}  // namespace fid::cmd::connect
