// SPDX-License-Identifier: MIT
#include "packet/network/group_records.h"

#include <array>

#include "packet/cursor.h"
#include "packet/put.h"

namespace fid::packet {

void write_group_records(Bytes message, const GroupRecords& form, bool sources_too, Text& out) {
    constexpr std::array<std::string_view, 7> kinds{"", "is_in", "is_ex", "to_in", "to_ex", "allow", "block"};
    Cursor at(message);
    at.skip(6);
    for (std::size_t left = at.u16(); left != 0; --left) {
        const std::uint8_t kind = at.u8();
        at.skip(1);
        const std::size_t count = at.u16();
        const Bytes group = at.take(form.address_bytes);
        if (!at.ok()) return out.put(" [invalid number of groups]");
        out.put(" [gaddr ");
        put_address(out, group);
        out.put(' ');
        if (kind != 0 && kind < kinds.size()) {
            out.put(kinds[kind]);
        } else {
            out.put(" [");
            out.put(form.unknown_kind);
            out.number(kind);
            out.put(']');
        }
        if (at.remaining() < count * form.address_bytes) {
            out.put(" [invalid number of sources ");
            out.number(count);
            return out.put(']');
        }
        if (!sources_too) {
            out.put(", ");
            out.number(count);
            out.put(" source(s)]");
            at.skip(count * form.address_bytes);
            continue;
        }
        out.put(" {");
        for (std::size_t i = 0; i < count; ++i) {
            out.put(' ');
            put_address(out, at.take(form.address_bytes));
        }
        out.put(" }]");
    }
}

}  // namespace fid::packet
