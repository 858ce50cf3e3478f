// SPDX-License-Identifier: MIT
// Finds the addresses in text nobody prepared: logs, JSON, configuration. A vector filter looks for the punctuation
// only addresses have, and the strict readers judge what it finds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "address/prefix.h"

namespace fid {

struct Found {
    std::size_t offset = 0;  ///< of the first character of the address, after any bracket
    std::size_t length = 0;  ///< of the whole token: address, address/length, address/mask or first-last; not the port
    Range range;
};

/// Walks a text from address to address. Tokens it knows: 192.0.2.1, 192.0.2.1:80, 2001:db8::1, [2001:db8::1]:80,
/// fe80::1%eth0, ::ffff:192.0.2.1, 10.0.0.0/8, 10.0.0.0/255.0.0.0, 10.0.0.1-10.0.0.9. A token does not begin or end
/// inside a word or a longer number: 1.2.3.4.5, v1.2.3.4, 1.2.3.4-beta, 12:34:56 and a MAC address are not addresses.
/// After
/// "//" (a URL) a slash begins a path, not a prefix length. A bare "::" counts in brackets or quotes or with a length.
class AddressScanner {
  public:
    explicit AddressScanner(std::string_view text)
        : begin_(text.data()), end_(text.data() + text.size()), at_(begin_), floor_(begin_) {}

    /// The next address; false at the end of the text.
    [[nodiscard]] bool next(Found& found);
    /// Goes on from `offset`, which must be the start of a token (a line).
    void seek(std::size_t offset);

  private:
    const char* next_candidate();
    bool try_v4(const char* dot, Found& found);
    bool try_v6(const char* colon, Found& found);
    const char* extend(const char* start, const char* after, Found& found) const;

    const char* begin_;
    const char* end_;
    const char* at_;               ///< candidates before this were judged
    const char* floor_;            ///< no token begins before this
    const char* block_ = nullptr;  ///< where the bits of candidates_ begin
    std::uint64_t candidates_ = 0;
};

/// Calls emit(const Found&) for every address in `text`; stops when it returns false.
template <class Emit>
void scan(std::string_view text, Emit&& emit) {
    AddressScanner scanner(text);
    for (Found found; scanner.next(found);)
        if (!emit(found)) return;
}

}  // namespace fid
