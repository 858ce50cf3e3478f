// SPDX-License-Identifier: MIT
// Classic pcap (draft-ietf-opsawg-pcap) with its variants: microseconds or nanoseconds, either byte order, Kuznetsov's
// longer record header, and the old versions that swapped the two lengths.
#include <array>

#include "capture/format.h"

namespace fid::capture {
namespace {

constexpr std::size_t file_header_size = 24;
constexpr std::uint32_t magic_microseconds = 0xa1b2c3d4, magic_nanoseconds = 0xa1b23c4d, magic_modified = 0xa1b2cd34;
/// What no capturing tool exceeds, whatever the file says of its snap length (MAXIMUM_SNAPLEN of libpcap).
constexpr std::uint32_t usual_record = 262144;
constexpr std::uint32_t largest_snap_length = std::uint32_t{1} << 20U;
constexpr std::int64_t day = 86400;

struct FileHeader {
    std::uint32_t magic = 0;
    bool big_endian = false;
    bool nanoseconds = false;
    std::uint16_t major = 0, minor = 0;
    std::uint32_t snap_length = 0;
    std::uint32_t link = 0;
};

bool read_file_header(const std::uint8_t* at, FileHeader& header) {
    for (const bool big_endian : {false, true}) {
        header.magic = load32(at, big_endian);
        header.big_endian = big_endian;
        header.nanoseconds = header.magic == magic_nanoseconds;
        if (header.nanoseconds || header.magic == magic_microseconds || header.magic == magic_modified) {
            header.major = load16(at + 4, big_endian);
            header.minor = load16(at + 6, big_endian);
            header.snap_length = load32(at + 16, big_endian);
            header.link = load32(at + 20, big_endian);
            return true;
        }
    }
    return false;
}

struct RecordHeader {
    std::uint32_t seconds, fraction, captured, length;
};

class PcapFormat final : public Format {
  public:
    PcapFormat(Source& source, Contents& contents, const FileHeader& header)
        : Format(source, contents),
          file_(header),
          header_size_(header.magic == magic_modified ? 24 : 16),
          limit_(usual_record),
          fraction_unit_(header.nanoseconds ? 1 : 1000) {
        if (header.snap_length > usual_record && header.snap_length <= largest_snap_length) limit_ = header.snap_length;
        Interface& interface = contents.interfaces.emplace_back();
        interface.link_type = canonical_link_type(static_cast<std::uint16_t>(header.link & 0xffffU));
        interface.snap_length = header.snap_length;
        // Bit 26 says that the top four bits hold the FCS length in 16-bit units.
        if ((header.link & 0x04000000U) != 0) interface.fcs_bytes = static_cast<std::uint8_t>((header.link >> 28U) * 2);
        interface.precision = header.nanoseconds ? 9 : 6;
        link_type_ = interface.link_type;
        precision_ = interface.precision;
    }

    bool next(PacketRecord& packet) override {
        while (source_.ensure(header_size_)) {
            const RecordHeader header = read(source_.data());
            if (header.captured > limit_ && !believable(header)) [[unlikely]] {
                recover("a record claims " + std::to_string(header.captured) + " bytes");
                continue;
            }
            if (header.captured == 0 && header.length == 0 && impossible_when_empty(header)) [[unlikely]]
                continue;
            if (!source_.ensure(header_size_ + header.captured)) [[unlikely]] {
                recover("the file ends inside a record");
                continue;
            }
            take(header, packet);
            return true;
        }
        return end("the file ends inside a record header");
    }

  private:
    [[nodiscard]] RecordHeader read(const std::uint8_t* at) const {
        RecordHeader header{load32(at, file_.big_endian), load32(at + 4, file_.big_endian),
                            load32(at + 8, file_.big_endian), load32(at + 12, file_.big_endian)};
        // Before version 2.3 the two lengths stood the other way round; 2.3 files do it either way.
        const bool swapped =
            file_.major == 2 && (file_.minor < 3 || (file_.minor == 3 && header.captured > header.length));
        if (swapped) [[unlikely]]
            std::swap(header.captured, header.length);
        return header;
    }

    void take(const RecordHeader& header, PacketRecord& packet) {
        const std::uint64_t nanoseconds = std::uint64_t{header.fraction} * fraction_unit_;
        packet.number = ++contents_.packets;
        packet.time = {header.seconds, static_cast<std::uint32_t>(nanoseconds)};
        // Some writers let the fraction run over the second.
        if (nanoseconds >= 1'000'000'000) [[unlikely]] {
            packet.time = {std::int64_t{header.seconds} + static_cast<std::int64_t>(nanoseconds / 1'000'000'000),
                           static_cast<std::uint32_t>(nanoseconds % 1'000'000'000)};
        }
        packet.has_time = true;
        packet.interface = 0;
        packet.link_type = link_type_;
        packet.precision = precision_;
        packet.length = header.length;
        packet.data = {source_.data() + header_size_, header.captured};
        packet.offset = source_.offset();
        packet.flags = 0;
        packet.options = {};
        packet.big_endian = file_.big_endian;
        last_seconds_ = header.seconds;
        ++contents_.interfaces.front().packets;
        source_.consume(header_size_ + header.captured);
    }

    /// A claim beyond the usual is believed only where the next record, or the end, is just behind it.
    bool believable(const RecordHeader& header) {
        if (header.captured > max_record) return false;
        const std::size_t size = header_size_ + header.captured;
        if (source_.ensure(size + header_size_))
            return plausible(read(source_.data() + size), header.seconds, 366 * day);
        return source_.available() == size;
    }

    /// Zeros where records were, or a second file behind the first (`cat a b`): both would pass for empty packets.
    bool impossible_when_empty(const RecordHeader& header) {
        if (header.seconds == 0 && header.fraction == 0 && last_seconds_ != 0) {
            recover("zeros where a record should be");
            return true;
        }
        if (header.seconds == file_.magic && source_.ensure(file_header_size)) {
            contents_.note_damage(source_.offset(), file_header_size, "another pcap file begins here");
            source_.consume(file_header_size);
            return true;
        }
        return false;
    }

    /// Stricter than what next() accepts: for bytes that are only guessed to be a header.
    [[nodiscard]] bool plausible(const RecordHeader& header, std::int64_t near, std::int64_t range) const {
        const std::int64_t distance = std::int64_t{header.seconds} - near;
        return header.captured <= limit_ && header.captured <= header.length && header.length != 0 &&
               header.length <= max_record && header.fraction < 1'000'000'000 / fraction_unit_ &&
               (range == 0 || (distance >= -range && distance <= range));
    }

    /// A chain of several headers, each where the one before says, at most a day apart; the end may cut it short.
    bool sound_here() override {
        constexpr unsigned chain = 4;
        std::size_t at = 0;
        std::int64_t near = last_seconds_;
        std::int64_t range = last_seconds_ == 0 ? 0 : 366 * day;
        for (unsigned links = 0; links < chain; ++links) {
            if (!source_.ensure(at + header_size_)) {
                return (links >= 1 && source_.available() == at) || links >= 3;
            }
            const RecordHeader header = read(source_.data() + at);
            if (!plausible(header, near, range)) return false;
            near = header.seconds;
            range = day;
            at += header_size_ + header.captured;
        }
        return true;
    }

    FileHeader file_;
    std::size_t header_size_;
    std::uint32_t limit_;
    std::uint32_t fraction_unit_;  ///< nanoseconds
    std::uint32_t last_seconds_ = 0;
    std::uint16_t link_type_ = 0;
    std::uint8_t precision_ = 6;
};

}  // namespace

Result<std::unique_ptr<Format>> make_pcap(Source& source, Contents& contents) {
    FileHeader header;
    if (!source.ensure(4)) return fail(Status::bad_input, "not a capture:", "", "fewer than four bytes");
    std::array<std::uint8_t, file_header_size> head{};
    std::copy_n(source.data(), std::min(source.available(), head.size()), head.begin());
    if (!read_file_header(head.data(), header)) {
        return fail(Status::bad_input, "not a capture:", "", "it begins like neither pcap nor pcapng");
    }
    if (!source.ensure(file_header_size))
        return fail(Status::bad_input, "not a capture:", "", "it ends inside the pcap file header");
    contents.facts.format = header.magic == magic_modified ? "modified pcap" : "pcap";
    contents.facts.nanoseconds = header.nanoseconds;
    contents.facts.big_endian = header.big_endian;
    contents.facts.sections = 1;
    auto format = std::make_unique<PcapFormat>(source, contents, header);
    source.consume(file_header_size);
    return format;
}

}  // namespace fid::capture
