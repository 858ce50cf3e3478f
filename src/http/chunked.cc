// SPDX-License-Identifier: MIT
#include "http/chunked.h"

#include <algorithm>

#include "address/characters.h"

namespace fid::http {
namespace {

/// Extensions and trailers are dropped; so much of them is suffered at a time.
constexpr std::size_t most_overhead = std::size_t{8} * 1024;
/// 15 digits stay below 2^60: no overflow, and more than any body has.
constexpr unsigned most_digits = 15;

bool is_control(char c) { return (static_cast<unsigned char>(c) < ' ' && c != '\t') || c == 0x7f; }

}  // namespace

bool ChunkedReader::step(char c) {
    switch (at_) {
        case At::size:
            if (const unsigned digit = hex_value(c); digit < 16) {
                left_ = left_ * 16 + digit;
                return ++digits_ <= most_digits;
            }
            if (digits_ == 0) return false;
            if (c == '\r') {
                at_ = At::size_end;
                return true;
            }
            at_ = At::extension;
            overhead_ = 0;
            return c == ';';
        case At::extension:
            if (c == '\r') {
                at_ = At::size_end;
                return true;
            }
            return !is_control(c) && ++overhead_ <= most_overhead;
        case At::size_end:
            at_ = left_ == 0 ? At::trailer : At::data;
            overhead_ = 0;
            return c == '\n';
        case At::data_cr:
            at_ = At::data_lf;
            return c == '\r';
        case At::data_lf:
            at_ = At::size;
            digits_ = 0;
            return c == '\n';
        case At::trailer:
            if (c == '\r') {
                at_ = At::trailer_end;
                return true;
            }
            trailer_empty_ = false;
            return !is_control(c) && ++overhead_ <= most_overhead;
        case At::trailer_end:
            at_ = trailer_empty_ ? At::done : At::trailer;
            trailer_empty_ = true;
            return c == '\n';
        case At::data:
        case At::done:
            break;
    }
    return false;
}

ChunkedReader::Step ChunkedReader::take(std::string_view bytes) {
    std::size_t used = 0;
    while (used < bytes.size() && at_ != At::done) {
        if (at_ == At::data) {
            const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size() - used));
            left_ -= count;
            if (left_ == 0) at_ = At::data_cr;
            return {State::more, used + count, bytes.substr(used, count)};
        }
        if (!step(bytes[used++])) return {State::broken, used, {}};
    }
    return {at_ == At::done ? State::done : State::more, used, {}};
}

}  // namespace fid::http
