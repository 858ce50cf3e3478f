// SPDX-License-Identifier: MIT
// fid sniff info: what a capture file is and holds, from its record headers alone.
#include "cmd/sniff/info.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <memory>
#include <optional>

#include "capture/reader.h"

namespace fid::cmd {
namespace {

using capture::Reader;
using capture::Timestamp;
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
constexpr report::RecordType info_type{"capture_info", "What a capture file is and holds", info_fields};

/// What one pass over the record headers gathers.
struct Totals {
    std::uint64_t packets = 0, packets_cut = 0;
    std::uint64_t wire_bytes = 0, captured_bytes = 0;
    std::uint64_t untimed = 0;
    std::uint64_t backwards = 0;
    Timestamp earliest, latest;
    bool timed = false;

    [[nodiscard]] double seconds() const {
        const double whole = static_cast<double>(latest.seconds) - static_cast<double>(earliest.seconds);
        const double rest = static_cast<double>(latest.nanoseconds) - static_cast<double>(earliest.nanoseconds);
        return (whole * 1e9 + rest) / 1e9;  // one rounding, or 0.15005 s would be 0.15005000000000002 s
    }
};

struct Hashes {
    std::string sha256, sha1;
};

Totals read_all(Reader& reader) {
    Totals totals;
    Timestamp before;
    capture::PacketRecord packet;
    while (reader.next(packet)) {
        ++totals.packets;
        totals.wire_bytes += packet.length;
        totals.captured_bytes += packet.data.size();
        if (packet.data.size() < packet.length) ++totals.packets_cut;
        if (!packet.has_time) {
            ++totals.untimed;
            continue;
        }
        if (!totals.timed) {
            totals.timed = true;
            totals.earliest = totals.latest = before = packet.time;
        }
        if (packet.time < before) ++totals.backwards;
        before = packet.time;
        if (packet.time > totals.latest) totals.latest = packet.time;
        if (packet.time < totals.earliest) totals.earliest = packet.time;
    }
    return totals;
}

/// RFC 3339 in UTC; nothing for years it cannot write (hostile clocks).
std::optional<std::string> time_text(const Timestamp& time, unsigned digits) {
    constexpr std::int64_t year_zero = -62167219200, year_10000 = 253402300800;
    if (time.seconds < year_zero || time.seconds >= year_10000) return std::nullopt;
    const std::chrono::sys_seconds moment{std::chrono::seconds(time.seconds)};
    const auto midnight = std::chrono::floor<std::chrono::days>(moment);
    const std::chrono::year_month_day date(midnight);
    const std::chrono::hh_mm_ss clock(moment - midnight);
    auto unsigned_of = [](auto count) { return static_cast<std::uint64_t>(count); };
    Text text;
    text.padded(unsigned_of(static_cast<int>(date.year())), 4);
    text.put('-');
    text.padded(static_cast<unsigned>(date.month()), 2);
    text.put('-');
    text.padded(static_cast<unsigned>(date.day()), 2);
    text.put('T');
    text.padded(unsigned_of(clock.hours().count()), 2);
    text.put(':');
    text.padded(unsigned_of(clock.minutes().count()), 2);
    text.put(':');
    text.padded(unsigned_of(clock.seconds().count()), 2);
    text.put('.');
    text.padded(digits == 9 ? time.nanoseconds : time.nanoseconds / 1000, digits);
    text.put('Z');
    return text.take();
}

std::string hash_text(EVP_MD_CTX* context) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    ::EVP_DigestFinal_ex(context, digest.data(), &size);
    Text text;
    text.hex_bytes({digest.data(), size});
    return text.take();
}

Result<Hashes> hash_file(const std::string& path) {
    struct Free {
        void operator()(EVP_MD_CTX* context) const { ::EVP_MD_CTX_free(context); }
    };
    struct Close {
        int descriptor;
        ~Close() { ::close(descriptor); }
    };
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return fail_errno(Status::cannot_read, "cannot hash", path, errno);
    const Close close{descriptor};
    const std::unique_ptr<EVP_MD_CTX, Free> sha256(::EVP_MD_CTX_new()), sha1(::EVP_MD_CTX_new());
    if (!sha256 || !sha1 || ::EVP_DigestInit_ex(sha256.get(), ::EVP_sha256(), nullptr) != 1 ||
        ::EVP_DigestInit_ex(sha1.get(), ::EVP_sha1(), nullptr) != 1) {
        return fail(Status::cannot_read, "cannot hash", path, "OpenSSL has no SHA-256 or SHA-1");
    }
    std::vector<std::uint8_t> block(std::size_t{256} << 10U);
    while (true) {
        const ssize_t count = ::read(descriptor, block.data(), block.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return fail_errno(Status::cannot_read, "cannot hash", path, errno);
        if (count == 0) break;
        ::EVP_DigestUpdate(sha256.get(), block.data(), static_cast<std::size_t>(count));
        ::EVP_DigestUpdate(sha1.get(), block.data(), static_cast<std::size_t>(count));
    }
    return Hashes{hash_text(sha256.get()), hash_text(sha1.get())};
}

/// Null for what the file does not say.
Value said(const std::string& text) { return text.empty() ? Value() : Value(text); }

/// The link types' names, each once, in order of appearance.
std::vector<std::string> link_names(const Reader& reader) {
    std::vector<std::string> names;
    for (const capture::Interface& interface : reader.interfaces()) {
        std::string name(capture::link_type_name(interface.link_type));
        if (name == "unknown") name.append(" ").append(std::to_string(interface.link_type));
        if (std::ranges::find(names, name) == names.end()) names.push_back(std::move(name));
    }
    return names;
}

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

Record make_record(const std::string& path, const Reader& reader, const Totals& totals, const Hashes& hashes) {
    const capture::FileFacts& facts = reader.facts();
    Record record(info_type);
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
        record.set("first_time", time_text(totals.earliest, digits)).set("last_time", time_text(totals.latest, digits));
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

/// The lines of one block for people: a label, then text in the same column.
class Block {
  public:
    explicit Block(report::Output& out) : out_(out), text_(out.text()) {}

    void label(std::string_view name) {
        constexpr std::size_t column = 18;
        out_.style(report::Style::name);
        text_.put(name);
        out_.style(report::Style::plain);
        text_.fill(' ', name.size() < column ? column - name.size() : 1);
    }
    void end() {
        text_.put('\n');
        out_.line_done();
    }
    void line(std::string_view name, std::string_view value) {
        if (value.empty()) return;
        label(name);
        text_.escaped(value);
        end();
    }
    void count(std::string_view name, std::uint64_t value, std::string_view unit = {}) {
        label(name);
        text_.number(value);
        text_.put(unit);
        end();
    }
    /// With the size in a unit people grasp where it is large.
    void size(std::string_view name, std::uint64_t bytes) {
        static constexpr std::array<std::string_view, 5> units{" KiB", " MiB", " GiB", " TiB", " PiB"};
        label(name);
        text_.number(bytes);
        text_.put(" bytes");
        double shown = static_cast<double>(bytes) / 1024;
        if (shown >= 10) {
            std::size_t unit = 0;
            for (; shown >= 1024 && unit + 1 < units.size(); ++unit) shown /= 1024;
            text_.put(" (");
            put(shown, 1);
            text_.put(units[unit]);
            text_.put(')');
        }
        end();
    }
    void real(std::string_view name, double value, unsigned digits, std::string_view unit) {
        label(name);
        put(value, digits);
        text_.put(unit);
        end();
    }

  private:
    void put(double value, unsigned digits) {
        std::array<char, 64> buffer{};
        const int size = std::snprintf(buffer.data(), buffer.size(), "%.*f", static_cast<int>(digits), value);
        text_.put(std::string_view(buffer.data(), std::min(buffer.size() - 1, static_cast<std::size_t>(size))));
    }

    report::Output& out_;
    Text& text_;
};

void print_interface(Block& block, const capture::Interface& one, std::size_t index) {
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

void print_times(Block& block, const Totals& totals, unsigned digits) {
    if (!totals.timed) return;
    auto shown = [digits](const Timestamp& time) {
        return time_text(time, digits).value_or(std::to_string(time.seconds) + " s since 1970");
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

void print_text(report::Output& out, const std::string& path, const Reader& reader, const Totals& totals,
                const Hashes& hashes) {
    const capture::FileFacts& facts = reader.facts();
    Block block(out);
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

/// What became of one file: success, truncated where it is damaged, or why it could not be read.
Status inform(Context& context, const std::string& path, bool first) {
    auto reader = Reader::open(path);
    if (!reader) return context.log.error(reader.error());
    const Totals totals = read_all(*reader);
    Hashes hashes;
    if (context.args.has("--hash")) {
        if (path == "-") {
            context.log.warning("standard input is not hashed", "name the file");
        } else if (auto hashed = hash_file(path)) {
            hashes = std::move(*hashed);
        } else {
            return context.log.error(hashed.error());
        }
    }
    if (context.out.format() == report::Format::text) {
        if (!first) context.out.text().put('\n');
        print_text(context.out, path, *reader, totals, hashes);
    } else {
        context.out.write(make_record(path, *reader, totals, hashes));
    }
    return reader->damage_count() == 0 ? Status::success : Status::truncated;
}

Status run(Context& context) {
    std::size_t failed = 0;
    std::size_t told = 0;
    Status worst = Status::success;
    bool damaged = false;
    for (const std::string& path : context.args.words()) {
        const Status status = inform(context, path, told == 0);
        if (status == Status::success || status == Status::truncated) {
            ++told;
            damaged = damaged || status == Status::truncated;
        } else {
            ++failed;
            worst = status;
        }
        if (context.out.closed()) return Status::success;
    }
    if (failed != 0) return told != 0 ? Status::partial : worst;
    return damaged ? Status::truncated : Status::success;
}

}  // namespace

const Command sniff_info_command{
    .name = "info",
    .summary = "tell what a capture file is and holds",
    .description =
        "Reads pcap and pcapng files, plain or compressed with gzip, zstd, lz4 or xz, and tells their format, link "
        "types, "
        "number of packets, sizes, times and rates, interfaces, comments, names and secrets.\n\n"
        "Only record headers are looked at, so a large file costs little; --hash goes over every byte once more and "
        "costs as "
        "much as sha256sum and sha1sum together.\n\n"
        "Damage is reported with its place and the number of bytes lost; what follows it is still counted.",
    .positionals = {{.name = "FILE",
                     .help = "capture files; - is standard input",
                     .required = true,
                     .repeatable = true,
                     .complete = Complete::file}},
    .options = {{.names = "--hash",
                 .value = {},
                 .help = "also print the file's SHA-256 and SHA-1, which costs far more time"}},
    .examples = {{.line = "fid sniff info tests/captures/first-look.pcapng", .doc = "what is in a capture"},
                 {.line = "fid sniff info --json --fields file,packets,duration_s tests/captures/first-look.pcapng",
                  .doc = "the same for a script, three fields of it"}},
    .statuses = {{Status::success, "every file was read to its end"},
                 {Status::bad_input, "not a capture file"},
                 {Status::truncated, "a file is damaged or cut short; what could be read is reported"},
                 {Status::cannot_read, "a file cannot be opened or read"},
                 {Status::partial, "some of several files could not be read"}},
    .records = {&info_type},
    .see_also = {"capinfos(1)", "pcap-savefile(5)"},
    .run = run,
};

}  // namespace fid::cmd
