// SPDX-License-Identifier: MIT
#include "address/scan.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "address/characters.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace fid {
namespace {

bool is_word(char c) { return is_digit(c) || is_letter(c) || c == '_'; }

/// Which of 64 bytes are what, bit i for byte i.
struct Classes {
    std::uint64_t digits = 0, dots = 0, colons = 0;
};

#ifdef __SSE2__
Classes classify(const char* block) {
    Classes out;
    const __m128i dot = _mm_set1_epi8('.'), colon = _mm_set1_epi8(':');
    const __m128i to_lowest = _mm_set1_epi8(static_cast<char>(-128 - '0')), nine = _mm_set1_epi8(-128 + 9);
    for (unsigned i = 0; i < 64; i += 16) {
        __m128i bytes;
        std::memcpy(&bytes, block + i, sizeof bytes);
        const auto bits = [i](__m128i mask) {
            return std::uint64_t{static_cast<std::uint32_t>(_mm_movemask_epi8(mask))} << i;
        };
        // A digit, moved to the bottom of the signed range, is not above nine.
        const __m128i not_digit = _mm_cmpgt_epi8(_mm_add_epi8(bytes, to_lowest), nine);
        out.digits |= bits(not_digit);
        out.dots |= bits(_mm_cmpeq_epi8(bytes, dot));
        out.colons |= bits(_mm_cmpeq_epi8(bytes, colon));
    }
    out.digits = ~out.digits;
    return out;
}
#else
Classes classify(const char* block) {
    Classes out;
    for (unsigned i = 0; i < 64; ++i) {
        const std::uint64_t bit = std::uint64_t{1} << i;
        if (is_digit(block[i])) out.digits |= bit;
        if (block[i] == '.') out.dots |= bit;
        if (block[i] == ':') out.colons |= bit;
    }
    return out;
}
#endif

/// How far past the first character the patterns of candidates() reach: four colons, each up to five apart.
constexpr std::size_t reach = 15;
constexpr std::size_t step = 64 - reach - 1;

/// Bits where the first of three dots of a quad may stand, or a colon of an IPv6 address: one of "::", or the first of
/// four colons at most five apart (an address without "::" has at least six).
std::uint64_t candidates(const Classes& in) {
    std::uint64_t quad = in.dots & (in.digits << 1U) & (in.digits >> 1U);
    for (int more = 0; more < 2; ++more) quad &= (quad >> 2U) | (quad >> 3U) | (quad >> 4U);
    if (in.colons == 0) return quad;
    const std::uint64_t pair = in.colons & (in.colons >> 1U);
    std::uint64_t chain = in.colons;
    for (int more = 0; more < 3; ++more) chain &= (chain >> 2U) | (chain >> 3U) | (chain >> 4U) | (chain >> 5U);
    return quad | pair | chain;
}

}  // namespace

void AddressScanner::seek(std::size_t offset) {
    at_ = floor_ = begin_ + offset;
    if (block_ == nullptr || at_ >= block_ + 1 + step || at_ < block_) {
        block_ = nullptr;
        candidates_ = 0;
    }
}

/// The next place at or after at_ where an address may be, or null. Blocks overlap so that each pattern lies whole in
/// one; bit 0 of a block is only there as the character before bit 1.
const char* AddressScanner::next_candidate() {
    for (;;) {
        while (candidates_ != 0) {
            const char* place = block_ + std::countr_zero(candidates_);
            candidates_ &= candidates_ - 1;
            if (place >= at_) return place;
        }
        const char* from = block_ == nullptr ? at_ : block_ + 1 + step;
        if (from < at_) from = at_;
        if (from >= end_) return nullptr;
        constexpr std::uint64_t kept = ((std::uint64_t{1} << step) - 1) << 1U;
        if (from != begin_ && end_ - from >= 63) {
            block_ = from - 1;
            candidates_ = candidates(classify(block_)) & kept;
        } else {
            char block[64] = {};  // the edges of the text, with something harmless around them
            const bool has_before = from != begin_;
            const auto count = std::min<std::size_t>(63, static_cast<std::size_t>(end_ - from));
            if (has_before) block[0] = from[-1];
            std::memcpy(block + 1, from, count);
            block_ = from - 1;
            candidates_ = candidates(classify(block)) & kept;
        }
    }
}

bool AddressScanner::next(Found& found) {
    while (const char* place = next_candidate()) {
        if (*place == '.' ? try_v4(place, found) : try_v6(place, found)) return true;
        if (at_ <= place) at_ = place + 1;
    }
    at_ = end_;
    return false;
}

bool AddressScanner::try_v4(const char* dot, Found& found) {
    const char* start = dot;
    while (start != floor_ && is_digit(start[-1])) {
        if (dot - --start > 3) return false;
    }
    if (start != begin_ && (is_word(start[-1]) || start[-1] == '.')) return false;
    std::uint32_t number = 0;
    const char* after = read_v4(start, end_, number);
    if (after == nullptr) return false;
    if (after != end_ && is_word(*after)) return false;
    if (after != end_ && *after == '.' && end_ - after > 1 && is_word(after[1])) {
        at_ = after + 1;  // 1.2.3.4.5: none of its quads is an address
        while (at_ != end_ && (is_digit(*at_) || *at_ == '.')) ++at_;
        return false;
    }
    found.range = {Family::v4, number, number};
    const char* whole = extend(start, after, found);
    if (whole == after && end_ - after > 1 && *after == '-' && is_word(after[1]) &&
        read_v4(after + 1, end_, number) == nullptr)
        return false;  // 1.2.3.4-beta
    found.offset = static_cast<std::size_t>(start - begin_);
    found.length = static_cast<std::size_t>(whole - start);
    at_ = floor_ = whole;
    return true;
}

bool AddressScanner::try_v6(const char* colon, Found& found) {
    const char* start = colon;
    while (start != floor_ && (hex_value(start[-1]) < 16 || start[-1] == ':') && colon - start < 40) --start;
    const char* run_end = colon;
    while (run_end != end_ && (hex_value(*run_end) < 16 || *run_end == ':')) ++run_end;
    at_ = run_end;  // the run is judged once; a quad after it has its own dots
    if (start[0] == ':' && (start[1] != ':' || (run_end - start > 2 && start[2] == ':'))) ++start;  // key:2001:db8::1
    if (start != begin_ && (is_word(start[-1]) || start[-1] == '.')) return false;
    Uint128 number = 0;
    const char* after = read_v6(start, end_, number);
    if (after == nullptr || after < colon) return false;
    if (after != end_ && is_word(*after)) return false;
    if (end_ - after > 1 && (*after == ':' || *after == '.') && (is_word(after[1]) || after[1] == ':')) return false;
    found.range = {Family::v6, number, number};
    const bool link_local = number >> 118U == 0x3fa || number >> 120U == 0xff;
    if (link_local && end_ - after > 1 && *after == '%' && is_word(after[1])) {
        ++after;
        while (after != end_ && (is_word(*after) || *after == '.' || *after == '-')) ++after;
        while (after[-1] == '.' || after[-1] == '-') --after;
    }
    const char* whole = extend(start, after, found);
    if (whole == start + 2) {  // a bare "::" is more often a separator of words than an address
        const char before = start == begin_ ? ' ' : start[-1];
        const char behind = whole == end_ ? ' ' : *whole;
        const bool enclosed =
            (before == '[' && behind == ']') || (before == '"' && behind == '"') || (before == '\'' && behind == '\'');
        if (!enclosed) return false;
    }
    found.offset = static_cast<std::size_t>(start - begin_);
    found.length = static_cast<std::size_t>(whole - start);
    at_ = floor_ = whole;
    return true;
}

/// Takes the length, mask or range end after an address into `found`; returns the end of the whole token.
const char* AddressScanner::extend(const char* start, const char* after, Found& found) const {
    if (end_ - after < 2 || (*after != '/' && *after != '-')) return after;
    const Family family = found.range.family;
    const auto ends_token = [this](const char* at) {
        if (at == end_) return true;
        if (is_word(*at) || *at == '/' || *at == '-' || *at == ':') return false;
        return *at != '.' || end_ - at < 2 || !is_word(at[1]);
    };
    std::uint32_t number4 = 0;
    if (*after == '-') {
        Uint128 last = 0;
        const char* whole = nullptr;
        if (family == Family::v4) {
            whole = read_v4(after + 1, end_, number4);
            last = number4;
        } else {
            whole = read_v6(after + 1, end_, last);
        }
        if (whole == nullptr || !ends_token(whole) || last < found.range.first) return after;
        found.range.last = last;
        return whole;
    }
    if (start - begin_ >= 2 && start[-1] == '/' && start[-2] == '/') return after;
    unsigned length = 0;
    const char* whole = read_length(after + 1, end_, width(family), length);
    if (whole != nullptr && ends_token(whole)) {
        found.range = Prefix(family, found.range.first, length).range();
        return whole;
    }
    whole = family == Family::v4 ? read_v4(after + 1, end_, number4) : nullptr;
    if (whole == nullptr || !ends_token(whole)) return after;
    const std::string_view spelled(start, static_cast<std::size_t>(whole - start));
    const auto masked = Range::parse(spelled);
    if (!masked) return after;  // 10.0.0.1/10.0.0.2 is two addresses
    found.range = *masked;
    return whole;
}

}  // namespace fid
