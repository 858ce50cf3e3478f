// SPDX-License-Identifier: MIT
#include "cmd/sniff/info_text.h"

#include "report/block.h"
#include "report/calendar.h"

namespace fid::cmd::sniff {
namespace {

using capture::Reader;

void print_interface(report::Block& block, const capture::Interface& one, std::size_t index) {
    std::string title = "interface " + std::to_string(index);
    std::string about = one.name;
    auto add = [&about](const std::string& part) {
        if (!about.empty()) about += ", ";
        about += part;
    };
    if (!one.description.empty()) add(one.description);
    add(std::string(capture::link_type_title(one.link_type)) + " (" + std::to_string(one.link_type) + ")");
    if (one.snap_length != 0) add("snap length " + std::to_string(one.snap_length));
    if (one.fcs_bytes != 0) add(std::to_string(one.fcs_bytes) + " bytes of FCS");
    add(one.precision == 9 ? "nanoseconds" : "microseconds");
    if (!one.filter.empty()) add("filter '" + one.filter + "'");
    if (!one.hardware.empty()) add(one.hardware);
    if (!one.os.empty()) add(one.os);
    add(std::to_string(one.packets) + (one.packets == 1 ? " packet" : " packets"));
    if (one.has_statistics)
        add(std::to_string(one.received) + " received, " + std::to_string(one.dropped) + " dropped");
    block.line(title, about);
}

void print_times(report::Block& block, const Totals& totals, unsigned digits) {
    if (!totals.timed) return;
    auto shown = [digits](const capture::Timestamp& time) {
        if (!report::Calendar::has_rfc3339(time.seconds)) return std::to_string(time.seconds) + " s since 1970";
        return report::utc_text(time.seconds, time.nanoseconds, digits);
    };
    block.line("first packet", shown(totals.earliest));
    block.line("last packet", shown(totals.latest));
    const double seconds = totals.seconds();
    block.real("duration", seconds, digits, " s");
    if (seconds > 0) {
        const auto wire = static_cast<double>(totals.wire_bytes);
        block.real("data rate", wire / seconds, 1, " bytes/s");
        block.real("", wire * 8 / seconds, 1, " bits/s");
        block.real("packet rate", static_cast<double>(totals.packets) / seconds, 1, " packets/s");
    }
    if (totals.backwards != 0) {
        block.line("time order", std::string("no, ") + std::to_string(totals.backwards) +
                                     (totals.backwards == 1 ? " packet goes" : " packets go") + " back in time");
    } else {
        block.line("time order", totals.untimed == 0 ? "yes" : "unknown: some packets have no time");
    }
}

}  // namespace

void write_info_text(report::Output& out, const std::string& path, const Reader& reader, const Totals& totals,
                     const Hashes& hashes) {
    const capture::FileFacts& facts = reader.facts();
    constexpr std::size_t column = 18;
    report::Block block(out, column);
    std::string format = facts.format + (facts.big_endian ? ", big endian" : ", little endian");
    format += facts.nanoseconds ? ", nanoseconds" : ", microseconds";
    if (facts.sections > 1) format += ", " + std::to_string(facts.sections) + " sections";
    std::string links;
    for (const std::string& name : link_names(reader)) links += (links.empty() ? "" : ", ") + name;
    block.line("file", path);
    block.line("format", format);
    block.line("compression", facts.compression);
    block.line("link type", links);
    const std::string cut = " (" + std::to_string(totals.packets_cut) + " cut short by the snap length)";
    block.count("packets", totals.packets, totals.packets_cut == 0 ? "" : cut);
    if (facts.file_bytes != 0) block.size("file size", facts.file_bytes);
    if (!facts.compression.empty() || facts.file_bytes == 0) block.size("uncompressed", facts.data_bytes);
    block.size("data size", totals.wire_bytes);
    if (totals.captured_bytes != totals.wire_bytes) block.size("captured", totals.captured_bytes);
    if (totals.packets != 0) {
        block.real("average packet", static_cast<double>(totals.wire_bytes) / static_cast<double>(totals.packets), 1,
                   " bytes");
    }
    print_times(block, totals, facts.nanoseconds ? 9 : 6);
    block.line("sha-256", hashes.sha256);
    block.line("sha-1", hashes.sha1);
    block.line("hardware", facts.hardware);
    block.line("system", facts.os);
    block.line("application", facts.application);
    for (const std::string& comment : facts.comments) block.line("comment", comment);
    if (facts.packet_comments != 0) block.count("packet comments", facts.packet_comments);
    for (std::size_t i = 0; i < reader.interfaces().size(); ++i) print_interface(block, reader.interfaces()[i], i);
    for (const auto& [address, name] : facts.names) block.line("name", address + " " + name);
    if (facts.secrets != 0) block.count("secrets", facts.secrets);
    if (facts.custom_blocks != 0) block.count("custom blocks", facts.custom_blocks, " (skipped)");
    if (facts.unknown_blocks != 0) block.count("unknown blocks", facts.unknown_blocks, " (skipped)");
    for (const capture::Damage& one : reader.damage()) {
        block.line("damage", "at byte " + std::to_string(one.offset) + ", " + std::to_string(one.bytes_lost) +
                                 " bytes lost: " + one.what);
    }
    if (reader.damage_count() > reader.damage().size()) {
        block.count("more damage", reader.damage_count() - reader.damage().size(), " places");
    }
}

}  // namespace fid::cmd::sniff
