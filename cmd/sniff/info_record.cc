// SPDX-License-Identifier: MIT
#include "cmd/sniff/info_record.h"

#include <array>
#include <utility>

#include "report/calendar.h"

namespace fid::cmd::sniff {
namespace {

using capture::Reader;
using report::List;
using report::Object;
using report::Record;
using report::Type;
using report::Value;

constexpr std::array info_fields{
    report::Field{"file", Type::text, "the file's name, - for standard input"},
    report::Field{"format", Type::text, "pcap, modified pcap or pcapng"},
    report::Field{"compression", Type::text, "gzip, zstd, lz4, xz, or null"},
    report::Field{"byte_order", Type::text, "little or big, of the first section"},
    report::Field{"time_digits", Type::integer, "decimal digits of the times' seconds: 6 or 9"},
    report::Field{"link_types", Type::list, "names of the link types the packets were captured on"},
    report::Field{"packets", Type::integer, "number of packets"},
    report::Field{"packets_cut", Type::integer, "packets captured shorter than they were"},
    report::Field{"file_bytes", Type::integer, "size of the file; null for a pipe"},
    report::Field{"uncompressed_bytes", Type::integer, "bytes read, after decompression"},
    report::Field{"wire_bytes", Type::integer, "sum of the packets' lengths on the wire"},
    report::Field{"captured_bytes", Type::integer, "sum of the packets' captured lengths"},
    report::Field{"first_time", Type::time, "of the earliest packet"},
    report::Field{"last_time", Type::time, "of the latest packet"},
    report::Field{"duration_s", Type::real, "seconds between them"},
    report::Field{"rate_bytes_per_s", Type::real, "wire_bytes over the duration"},
    report::Field{"rate_bits_per_s", Type::real, "the same in bits"},
    report::Field{"rate_packets_per_s", Type::real, "packets over the duration"},
    report::Field{"average_packet_bytes", Type::real, "wire_bytes over packets"},
    report::Field{"in_time_order", Type::boolean,
                  "no packet is earlier than the one before it; null where times are missing"},
    report::Field{"sha256", Type::text, "of the file as it is, with --hash"},
    report::Field{"sha1", Type::text, "of the file as it is, with --hash"},
    report::Field{"sections", Type::integer, "pcapng sections; 1 for pcap"},
    report::Field{"hardware", Type::text, "what captured"},
    report::Field{"os", Type::text, "operating system that captured"},
    report::Field{"application", Type::text, "program that captured"},
    report::Field{"comments", Type::list, "comments of sections and interfaces"},
    report::Field{"packet_comments", Type::integer, "number of comments on packets"},
    report::Field{"interfaces", Type::list, "objects: the capturing interfaces"},
    report::Field{"names", Type::list, "objects with address and name, from name resolution blocks"},
    report::Field{"secrets", Type::integer, "number of decryption secrets blocks"},
    report::Field{"custom_blocks", Type::integer, "custom blocks, skipped"},
    report::Field{"unknown_blocks", Type::integer, "blocks of other types, skipped"},
    report::Field{"damaged_places", Type::integer, "places that could not be read"},
    report::Field{"damage", Type::list, "objects with offset, bytes_lost and what; the first 1000"},
};

/// Null for what the file does not say.
Value said(const std::string& text) { return text.empty() ? Value() : Value(text); }

Value interface_values(const Reader& reader) {
    List list;
    for (const capture::Interface& one : reader.interfaces()) {
        Object object{{"index", list.size()},
                      {"section", one.section},
                      {"name", said(one.name)},
                      {"description", said(one.description)},
                      {"link_type", unsigned{one.link_type}},
                      {"link_name", capture::link_type_name(one.link_type)},
                      {"snap_bytes", one.snap_length == 0 ? Value() : Value(one.snap_length)},
                      {"fcs_bytes", unsigned{one.fcs_bytes}},
                      {"time_digits", unsigned{one.precision}},
                      {"filter", said(one.filter)},
                      {"hardware", said(one.hardware)},
                      {"os", said(one.os)},
                      {"packets", one.packets},
                      {"received", one.has_statistics ? Value(one.received) : Value()},
                      {"dropped", one.has_statistics ? Value(one.dropped) : Value()}};
        list.emplace_back(std::move(object));
    }
    return list;
}

/// Null for years that RFC 3339 cannot write (hostile clocks).
Value time_value(const capture::Timestamp& time, unsigned digits) {
    if (!report::Calendar::has_rfc3339(time.seconds)) return {};
    return report::utc_text(time.seconds, time.nanoseconds, digits);
}

}  // namespace

const report::RecordType info_record_type{"capture_info", "What a capture file is and holds", info_fields};

Record info_record(const std::string& path, const Reader& reader, const Totals& totals, const Hashes& hashes) {
    const capture::FileFacts& facts = reader.facts();
    Record record(info_record_type);
    List links, comments, names, damage;
    for (std::string& name : link_names(reader)) links.emplace_back(std::move(name));
    for (const std::string& comment : facts.comments) comments.emplace_back(comment);
    for (const auto& [address, name] : facts.names) names.emplace_back(Object{{"address", address}, {"name", name}});
    for (const capture::Damage& one : reader.damage()) {
        damage.emplace_back(Object{{"offset", one.offset}, {"bytes_lost", one.bytes_lost}, {"what", one.what}});
    }
    const unsigned digits = facts.nanoseconds ? 9 : 6;
    record.set("file", path).set("format", facts.format).set("compression", said(facts.compression));
    record.set("byte_order", facts.big_endian ? "big" : "little").set("time_digits", digits);
    record.set("link_types", std::move(links)).set("packets", totals.packets).set("packets_cut", totals.packets_cut);
    if (facts.file_bytes != 0) record.set("file_bytes", facts.file_bytes);
    record.set("uncompressed_bytes", facts.data_bytes);
    record.set("wire_bytes", totals.wire_bytes).set("captured_bytes", totals.captured_bytes);
    const auto wire = static_cast<double>(totals.wire_bytes);
    const auto packets = static_cast<double>(totals.packets);
    if (totals.timed) {
        const double seconds = totals.seconds();
        record.set("first_time", time_value(totals.earliest, digits));
        record.set("last_time", time_value(totals.latest, digits));
        record.set("duration_s", seconds);
        if (seconds > 0) {
            record.set("rate_bytes_per_s", wire / seconds).set("rate_bits_per_s", wire * 8 / seconds);
            record.set("rate_packets_per_s", packets / seconds);
        }
        if (totals.untimed == 0) record.set("in_time_order", totals.backwards == 0);
    }
    if (totals.packets != 0) record.set("average_packet_bytes", wire / packets);
    record.set("sha256", said(hashes.sha256)).set("sha1", said(hashes.sha1)).set("sections", facts.sections);
    record.set("hardware", said(facts.hardware)).set("os", said(facts.os)).set("application", said(facts.application));
    record.set("comments", std::move(comments)).set("packet_comments", facts.packet_comments);
    record.set("interfaces", interface_values(reader)).set("names", std::move(names)).set("secrets", facts.secrets);
    record.set("custom_blocks", facts.custom_blocks).set("unknown_blocks", facts.unknown_blocks);
    record.set("damaged_places", reader.damage_count()).set("damage", std::move(damage));
    return record;
}

}  // namespace fid::cmd::sniff
