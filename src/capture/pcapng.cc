// SPDX-License-Identifier: MIT
// pcapng (draft-ietf-opsawg-pcapng): a sequence of blocks. Packets come out one by one; the blocks around them fill
// what the reader knows of the file.
#include <algorithm>

#include "capture/clock.h"
#include "capture/format.h"
#include "capture/options.h"

namespace fid::capture {
namespace {

enum Block : std::uint32_t {
    section_header = 0x0a0d0d0a,
    interface_description = 1,
    packet_block = 2,  // obsolete
    simple_packet = 3,
    name_resolution = 4,
    interface_statistics = 5,
    enhanced_packet = 6,
    journal_export = 9,
    decryption_secrets = 10,
    custom = 0x00000bad,
    custom_no_copy = 0x40000bad,
};

constexpr std::uint32_t byte_order_magic = 0x1a2b3c4d;
constexpr std::size_t block_overhead = 12;  // type, length, length again

/// What a block of a known type is at least long; 0 for unknown types.
std::size_t least_size(std::uint32_t type) {
    switch (type) {
        case section_header:
            return 28;
        case interface_description:
            return 20;
        case packet_block:
            return 32;
        case simple_packet:
            return 16;
        case name_resolution:
            return 12;
        case interface_statistics:
            return 24;
        case enhanced_packet:
            return 32;
        case journal_export:
            return 12;
        case decryption_secrets:
            return 20;
        case custom:
        case custom_no_copy:
            return 16;
        default:
            return 0;
    }
}

std::size_t padded(std::size_t size) { return (size + 3) & ~std::size_t{3}; }

class PcapngFormat final : public Format {
  public:
    using Format::Format;

    bool next(PacketRecord& packet) override {
        while (source_.ensure(block_overhead)) {
            const std::uint8_t* at = source_.data();
            if (load32(at, false) == section_header && !learn_byte_order()) {
                recover("a section header without its byte-order magic");
                continue;
            }
            at = source_.data();
            const std::uint32_t type = load32(at, big_endian_);
            const std::uint32_t length = load32(at + 4, big_endian_);
            // Lengths that are no multiple of four occur; the next block is aligned all the same.
            const std::size_t size = padded(length);
            if (size < block_overhead || size > max_record) [[unlikely]] {
                recover("a block claims " + std::to_string(length) + " bytes");
                continue;
            }
            if (!source_.ensure(size)) [[unlikely]] {
                recover("the file ends inside a block");
                continue;
            }
            const std::uint32_t again = load32(source_.data() + size - 4, big_endian_);
            if (again != length && again != size) [[unlikely]] {
                if (!block_at(size) && source_.available() != size) {
                    recover("the two lengths of a block differ: " + std::to_string(length) + " and " +
                            std::to_string(again));
                    continue;
                }
                contents_.note_damage(source_.offset(), 0, "the second length of a block is wrong");
            }
            const bool is_packet = take(type, {source_.data() + 8, size - block_overhead}, packet);
            source_.consume(size);
            if (is_packet) return true;
        }
        return end("the file ends inside a block");
    }

  private:
    /// Reads the section's byte order from the section header at hand.
    bool learn_byte_order() {
        if (!source_.ensure(12)) return false;
        const std::uint32_t magic = load32(source_.data() + 8, false);
        if (magic != byte_order_magic && magic != std::byteswap(byte_order_magic)) return false;
        big_endian_ = magic != byte_order_magic;
        return true;
    }

    /// A block of a known type with two equal lengths at `at` of the window?
    bool block_at(std::size_t at) {
        constexpr std::size_t usual_block = std::size_t{16} << 20U;
        if (!source_.ensure(at + block_overhead)) return false;
        const std::uint8_t* head = source_.data() + at;
        bool big_endian = big_endian_;
        if (load32(head, false) == section_header) {
            const std::uint32_t magic = load32(head + 8, false);
            if (magic != byte_order_magic && magic != std::byteswap(byte_order_magic)) return false;
            big_endian = magic != byte_order_magic;
        }
        const std::size_t least = least_size(load32(head, big_endian));
        const std::size_t length = load32(head + 4, big_endian);
        if (least == 0 || length < least || length % 4 != 0 || length > usual_block) return false;
        return source_.ensure(at + length) && load32(source_.data() + at + length - 4, big_endian) == length;
    }
    bool sound_here() override { return block_at(0); }

    bool take(std::uint32_t type, Bytes body, PacketRecord& packet) {
        if (body.size() + block_overhead < least_size(type)) {
            bad_block("a block of type " + std::to_string(type) + " is too short for it", body);
            return false;
        }
        switch (type) {
            case enhanced_packet:
                return take_enhanced(body, packet);
            case packet_block:
                return take_obsolete(body, packet);
            case simple_packet:
                return take_simple(body, packet);
            case section_header:
                take_section(body);
                break;
            case interface_description:
                take_interface(body);
                break;
            case name_resolution:
                take_names(body);
                break;
            case interface_statistics:
                take_statistics(body);
                break;
            case decryption_secrets:
                take_secrets(body);
                break;
            case custom:
            case custom_no_copy:
                ++contents_.facts.custom_blocks;
                break;
            default:
                ++contents_.facts.unknown_blocks;
                break;
        }
        return false;
    }

    void bad_block(std::string what, Bytes body) {
        contents_.note_damage(source_.offset(), body.size() + block_overhead, std::move(what));
    }

    // --- packets

    bool take_enhanced(Bytes body, PacketRecord& packet) {
        constexpr std::size_t head = 20;
        const std::uint8_t* at = body.data();
        return deliver(body, head, load32(at, big_endian_), load32(at + 12, big_endian_), load32(at + 16, big_endian_),
                       at + 4, packet);
    }

    bool take_obsolete(Bytes body, PacketRecord& packet) {
        constexpr std::size_t head = 20;
        const std::uint8_t* at = body.data();
        return deliver(body, head, load16(at, big_endian_), load32(at + 12, big_endian_), load32(at + 16, big_endian_),
                       at + 4, packet);
    }

    /// No time and no captured length of its own: the first interface's snap length bounds it.
    bool take_simple(Bytes body, PacketRecord& packet) {
        constexpr std::size_t head = 4;
        const std::uint32_t length = load32(body.data(), big_endian_);
        auto captured = static_cast<std::uint32_t>(std::min<std::size_t>(length, body.size() - head));
        if (!clocks_.empty()) {
            const std::uint32_t snap_length = contents_.interfaces[first_interface_].snap_length;
            if (snap_length != 0) captured = std::min(captured, snap_length);
        }
        return deliver(body, head, 0, captured, length, nullptr, packet);
    }

    bool deliver(Bytes body, std::size_t head, std::uint32_t interface, std::uint32_t captured, std::uint32_t length,
                 const std::uint8_t* ticks, PacketRecord& packet) {
        if (interface >= clocks_.size()) [[unlikely]] {
            bad_block("a packet names interface " + std::to_string(interface) + " of " + std::to_string(clocks_.size()),
                      body);
            return false;
        }
        if (captured > body.size() - head) [[unlikely]] {
            bad_block("a packet claims " + std::to_string(captured) + " bytes in a block of " +
                          std::to_string(body.size() + block_overhead),
                      body);
            return false;
        }
        const std::size_t index = first_interface_ + interface;
        Interface& described = contents_.interfaces[index];
        ++described.packets;
        packet.number = ++contents_.packets;
        packet.has_time = ticks != nullptr;
        packet.time = {};
        if (ticks != nullptr) {
            packet.time = clocks_[interface].at(std::uint64_t{load32(ticks, big_endian_)} << 32U |
                                                load32(ticks + 4, big_endian_));
        }
        packet.interface = static_cast<std::uint32_t>(index);
        packet.link_type = described.link_type;
        packet.precision = described.precision;
        packet.length = length;
        packet.data = body.subspan(head, captured);
        packet.offset = source_.offset();
        packet.flags = 0;
        packet.big_endian = big_endian_;
        const std::size_t options_at = head + padded(captured);
        packet.options = ticks != nullptr && options_at < body.size() ? body.subspan(options_at) : Bytes{};
        if (!packet.options.empty()) read_packet_options(packet);
        return true;
    }

    void read_packet_options(PacketRecord& packet) {
        constexpr std::uint16_t flags = 2;
        Options options(packet.options, big_endian_);
        while (options.next()) {
            if (options.code == option_comment)
                ++contents_.facts.packet_comments;
            else if (options.code == flags)
                packet.flags = options.number32();
        }
    }

    // --- what is around them

    void take_section(Bytes body) {
        FileFacts& facts = contents_.facts;
        if (facts.sections++ == 0) facts.big_endian = big_endian_;
        first_interface_ = contents_.interfaces.size();
        clocks_.clear();
        constexpr std::size_t head = 16;
        Options options(body.subspan(head), big_endian_);
        while (options.next()) {
            if (options.code == option_comment)
                facts.comments.push_back(options.text());
            else if (options.code == 2 && facts.hardware.empty())
                facts.hardware = options.text();
            else if (options.code == 3 && facts.os.empty())
                facts.os = options.text();
            else if (options.code == 4 && facts.application.empty())
                facts.application = options.text();
        }
    }

    void take_interface(Bytes body) {
        constexpr std::size_t head = 8;
        std::uint8_t resolution = 6;
        std::int64_t offset = 0;
        Interface& interface = contents_.interfaces.emplace_back();
        interface.link_type = canonical_link_type(load16(body.data(), big_endian_));
        interface.snap_length = load32(body.data() + 4, big_endian_);
        interface.section = contents_.facts.sections == 0 ? 0 : contents_.facts.sections - 1;
        Options options(body.subspan(head), big_endian_);
        while (options.next()) {
            switch (options.code) {
                case option_comment:
                    contents_.facts.comments.push_back(options.text());
                    break;
                case 2:
                    interface.name = options.text();
                    break;
                case 3:
                    interface.description = options.text();
                    break;
                case 9:
                    if (!options.value.empty()) resolution = options.value[0];
                    break;
                case 11:  // a first byte of 0: a filter expression; 1: BPF machine code
                    if (!options.value.empty() && options.value[0] == 0) {
                        options.value = options.value.subspan(1);
                        interface.filter = options.text();
                    }
                    break;
                case 12:
                    interface.os = options.text();
                    break;
                case 13:  // the draft says bits and its example means bytes: small values can only be bytes
                    if (!options.value.empty()) {
                        interface.fcs_bytes = options.value[0] >= 8 ? options.value[0] / 8 : options.value[0];
                    }
                    break;
                case 14:
                    offset = static_cast<std::int64_t>(options.number64());
                    break;
                case 15:
                    interface.hardware = options.text();
                    break;
                default:
                    break;
            }
        }
        const Clock& clock = clocks_.emplace_back(resolution, offset);
        interface.precision = clock.precision();
        if (interface.precision == 9) contents_.facts.nanoseconds = true;
    }

    void take_statistics(Bytes body) {
        constexpr std::size_t head = 12;
        const std::uint32_t id = load32(body.data(), big_endian_);
        if (id >= clocks_.size()) {
            bad_block("statistics name interface " + std::to_string(id) + " of " + std::to_string(clocks_.size()),
                      body);
            return;
        }
        Interface& interface = contents_.interfaces[first_interface_ + id];
        Options options(body.subspan(head), big_endian_);
        while (options.next()) {
            if (options.code == option_comment) contents_.facts.comments.push_back(options.text());
            if (options.code == 4) interface.received = options.number64();
            if (options.code == 5) interface.dropped = options.number64();
            if (options.code == 4 || options.code == 5) interface.has_statistics = true;
        }
    }

    /// Records of (address, names ended by NUL each), closed by record type 0.
    void take_names(Bytes body) {
        Options records(body, big_endian_);  // name records have the same shape as options
        while (records.next()) {
            const std::size_t address_size = records.code == 1 ? 4 : records.code == 2 ? 16 : 0;
            if (address_size == 0 || records.value.size() < address_size) continue;
            Text address;
            if (address_size == 4)
                address.ipv4(load32(records.value.data(), true));
            else
                address.ipv6(records.value.first<16>());
            std::string_view names = as_text(records.value.subspan(address_size));
            while (!names.empty()) {
                const std::size_t end = std::min(names.find('\0'), names.size());
                if (end != 0) contents_.facts.names.emplace_back(address.view(), names.substr(0, end));
                names.remove_prefix(std::min(end + 1, names.size()));
            }
        }
        if (records.damaged()) bad_block("a name record is longer than its block", body);
    }

    void take_secrets(Bytes body) {
        constexpr std::size_t head = 8;
        const std::size_t length = load32(body.data() + 4, big_endian_);
        if (length > body.size() - head) {
            bad_block("decryption secrets claim " + std::to_string(length) + " bytes", body);
            return;
        }
        ++contents_.facts.secrets;
        contents_.secrets.emplace_back(load32(body.data(), big_endian_), as_text(body.subspan(head, length)));
    }

    bool big_endian_ = false;
    std::size_t first_interface_ = 0;  ///< of the section, in contents_.interfaces
    std::vector<Clock> clocks_;        ///< one for each interface of the section
};

}  // namespace

std::unique_ptr<Format> make_pcapng(Source& source, Contents& contents) {
    return std::make_unique<PcapngFormat>(source, contents);
}

}  // namespace fid::capture
