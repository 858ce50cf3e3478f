// SPDX-License-Identifier: MIT
#include "dns/ldns_text.h"

// ldns makes bool, true and false macros where this has not been included.
#include <ldns/ldns.h>
#include <stdbool.h>  // NOLINT(modernize-deprecated-headers)

#include <algorithm>
#include <memory>
#include <string_view>
#include <vector>

namespace fid::dns {
namespace {

struct FreeRecord {
    void operator()(ldns_rr* record) const { ldns_rr_free(record); }
};
struct FreeBuffer {
    void operator()(ldns_buffer* buffer) const { ldns_buffer_free(buffer); }
};

}  // namespace

bool put_by_ldns(std::uint16_t type, Bytes rdata, Text& out) {
    // A record of its own, without compression to follow.
    std::vector<std::uint8_t> wire{0};
    const auto add = [&](std::uint64_t value, unsigned bytes) {
        while (bytes-- != 0) wire.push_back(static_cast<std::uint8_t>(value >> 8U * bytes));
    };
    add(type, 2);
    add(LDNS_RR_CLASS_IN, 2);
    add(0, 4);
    add(rdata.size(), 2);
    wire.insert(wire.end(), rdata.begin(), rdata.end());
    ldns_rr* made = nullptr;
    std::size_t at = 0;
    const ldns_status status = ldns_wire2rr(&made, wire.data(), wire.size(), &at, LDNS_SECTION_ANSWER);
    const std::unique_ptr<ldns_rr, FreeRecord> owner(status == LDNS_STATUS_OK ? made : nullptr);
    if (owner == nullptr || at != wire.size() || ldns_rr_rd_count(made) == 0) return false;
    if (ldns_rr_descript(type)->_name == nullptr) return false;
    const std::unique_ptr<ldns_buffer, FreeBuffer> buffer(ldns_buffer_new(256));
    for (std::size_t i = 0; i < ldns_rr_rd_count(made); ++i) {
        if (i != 0) ldns_buffer_printf(buffer.get(), " ");
        if (ldns_rdf2buffer_str(buffer.get(), ldns_rr_rdf(made, i)) != LDNS_STATUS_OK) return false;
    }
    const std::string_view text(reinterpret_cast<const char*>(ldns_buffer_begin(buffer.get())),
                                ldns_buffer_position(buffer.get()));
    // ldns's text is for zone files; nothing else than printable ASCII may leave.
    if (!std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7f; })) return false;
    out.put(text);
    return true;
}

}  // namespace fid::dns
