// SPDX-License-Identifier: MIT
#include "address/list.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>

#include "address/characters.h"

namespace fid {
namespace {

constexpr std::size_t buffer_size = std::size_t{256} << 10U;
constexpr std::size_t longest_line = std::size_t{64} << 10U;

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }
bool ends_entry(const char* at, const char* end) { return at == end || is_blank(*at) || *at == '#' || *at == ';'; }

/// Address or address/length at the front of a line, followed by nothing but blanks and a comment.
std::optional<Range> read_common(const char* at, const char* end) {
    Range range;
    std::uint32_t number4 = 0;
    const char* after = read_v4(at, end, number4);
    if (after != nullptr) {
        range.first = number4;
    } else {
        after = read_v6(at, end, range.first);
        if (after == nullptr) return std::nullopt;
        range.family = Family::v6;
    }
    unsigned length = width(range.family);
    if (after != end && *after == '/') {
        after = read_length(after + 1, end, length, length);
        if (after == nullptr) return std::nullopt;
    }
    if (!ends_entry(after, end)) return std::nullopt;
    while (after != end && is_blank(*after)) ++after;
    if (after != end && *after != '#' && *after != ';') return std::nullopt;
    const Uint128 host = low_bits(width(range.family) - length);
    range.last = range.first | host;
    range.first &= ~host;
    return range;
}

std::string_view without_comment(const char* at, const char* end) {
    std::string_view line(at, static_cast<std::size_t>(end - at));
    line = line.substr(0, line.find_first_of("#;"));
    while (!line.empty() && is_blank(line.back())) line.remove_suffix(1);
    return line;
}

/// Splits a stream of pieces into lines; `take(Range, line)` gets what was read.
template <class Take>
class Lines {
  public:
    Lines(Reading reading, Take take, const OnBadLine& on_bad) : reading_(reading), take_(take), on_bad_(on_bad) {}

    /// Takes the lines that are complete in `text`; returns how much of it was used. stopped() tells if it ended early.
    std::size_t feed(std::string_view text) {
        const char* at = text.data();
        const char* const end = at + text.size();
        while (at != end) {
            const void* found = std::memchr(at, '\n', static_cast<std::size_t>(end - at));
            if (found == nullptr) break;
            const char* newline = static_cast<const char*>(found);
            line(at, newline);
            at = newline + 1;
            if (stopped_) break;
        }
        return static_cast<std::size_t>(at - text.data());
    }
    /// One line without its newline.
    void line(const char* at, const char* end) {
        ++number_;
        if (std::exchange(skipping_, false)) return;  // the tail of a line that was too long
        while (at != end && is_blank(*at)) ++at;
        if (at == end || *at == '#' || *at == ';') return;
        if (const auto range = read_common(at, end)) {
            stopped_ = !take_(*range, number_);
            return;
        }
        const std::string_view text = without_comment(at, end);
        auto range = Range::parse(text, reading_);
        stopped_ = range ? !take_(*range, number_) : !on_bad_({number_, text, std::move(range.error())});
    }
    /// The start of a line that does not fit.
    void too_long(std::string_view start) {
        if (skipping_) return;
        skipping_ = true;
        constexpr std::size_t shown = 60;
        Error error{Status::bad_input,
                    "not an address list line:",
                    std::string(start.substr(0, shown)) + "...",
                    "longer than 64 KiB",
                    {}};
        stopped_ = !on_bad_({number_ + 1, start.substr(0, shown), std::move(error)});
    }
    [[nodiscard]] bool stopped() const { return stopped_; }

  private:
    Reading reading_;
    Take take_;
    const OnBadLine& on_bad_;
    std::uint64_t number_ = 0;
    bool skipping_ = false;
    bool stopped_ = false;
};

template <class Take>
Result<bool> read_descriptor(int descriptor, const std::string& name, Reading reading, Take take,
                             const OnBadLine& on_bad, const OnBytes& on_bytes) {
    Lines<Take> lines(reading, take, on_bad);
    const auto buffer = std::make_unique<char[]>(buffer_size);
    std::size_t kept = 0;  // the beginning of a line whose end is still to come
    std::uint64_t total = 0;
    for (;;) {
        const ssize_t got = ::read(descriptor, buffer.get() + kept, buffer_size - kept);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return fail_errno(Status::cannot_read, "cannot read", name, errno);
        if (got == 0) break;
        const std::string_view text(buffer.get(), kept + static_cast<std::size_t>(got));
        total += static_cast<std::uint64_t>(got);
        if (on_bytes) on_bytes(total);
        const std::size_t used = lines.feed(text);
        if (lines.stopped()) return false;
        kept = text.size() - used;
        if (kept > longest_line) {
            lines.too_long(text.substr(used));
            if (lines.stopped()) return false;
            kept = 0;
        }
        std::memmove(buffer.get(), buffer.get() + used, kept);
    }
    if (kept != 0) lines.line(buffer.get(), buffer.get() + kept);
    return !lines.stopped();
}

}  // namespace

Result<bool> read_list(int descriptor, const std::string& name, Reading reading, const OnRange& on_range,
                       const OnBadLine& on_bad, const OnBytes& on_bytes) {
    const auto take = [&](const Range& range, std::uint64_t line) { return on_range(range, line); };
    return read_descriptor(descriptor, name, reading, take, on_bad, on_bytes);
}

bool read_list(std::string_view text, Reading reading, const OnRange& on_range, const OnBadLine& on_bad) {
    const auto take = [&](const Range& range, std::uint64_t line) { return on_range(range, line); };
    Lines<decltype(take)> lines(reading, take, on_bad);
    const std::size_t used = lines.feed(text);
    if (!lines.stopped() && used != text.size()) lines.line(text.data() + used, text.data() + text.size());
    return !lines.stopped();
}

Result<bool> add_list(int descriptor, const std::string& name, Reading reading, PrefixSet& set, const OnBadLine& on_bad,
                      const OnBytes& on_bytes) {
    const auto take = [&](const Range& range, std::uint64_t) {
        set.add(range);
        return true;
    };
    return read_descriptor(descriptor, name, reading, take, on_bad, on_bytes);
}

}  // namespace fid
