// SPDX-License-Identifier: MIT
#include "dns/ldns_text.h"
#include "dns/rdata.h"
#include "dns/rdata_parts.h"
#include "dns/rdata_rare.h"

namespace fid::dns {
namespace {

bool may_be_empty(Part part) { return part == Part::types || part == Part::params || part == Part::base64_last; }

bool put_described(const Message& message, const Record& record, std::span<const RdataPart> parts, Text& out,
                   const RdataStyle& style) {
    packet::Cursor at(message.rdata(record));
    for (const RdataPart& each : parts) {
        const Piece piece = take_part(each.part, at, message.bytes());
        if (!at.ok()) return false;
        const bool blank = &each != parts.data() && !(may_be_empty(each.part) && piece.bytes.empty());
        // The parameters of SVCB bring their blanks along.
        if (blank && each.part != Part::params) out.put(' ');
        if (piece.name && style.unicode)
            out.put(piece.name->unicode());
        else if (!write_part(each.part, piece, out, style.split))
            return false;
    }
    return at.remaining() == 0;
}

void put_generic(const std::vector<std::uint8_t>& rdata, Text& out, unsigned split) {
    out.put("\\# ");
    out.number(rdata.size());
    if (rdata.empty()) return;
    out.put(' ');
    Piece piece;
    piece.bytes = rdata;
    (void)write_part(Part::hex, piece, out, split);
}

}  // namespace

void write_rdata(const Message& message, const Record& record, Text& out, const RdataStyle& style) {
    const std::size_t before = out.size();
    const Bytes rdata = message.rdata(record);
    bool done = false;
    if (!style.generic && !rdata.empty()) {
        const auto parts = rdata_parts(record.type);
        if (!parts.empty())
            done = put_described(message, record, parts, out, style);
        else
            done = is_rare(record.type) ? put_rare(record.type, rdata, out) : put_by_ldns(record.type, rdata, out);
    }
    if (done) return;
    out.truncate(before);
    put_generic(plain_rdata(message, record), out, style.split);
}

}  // namespace fid::dns
