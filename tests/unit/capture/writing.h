// SPDX-License-Identifier: MIT
// Writes captures byte by byte, either byte order, so that a test can say exactly what stands in them.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "capture/reader.h"

namespace fid::capture::test {

class Writing {
  public:
    explicit Writing(bool big_endian = false) : big_endian_(big_endian) {}

    Writing& number(std::uint64_t value, unsigned size) {
        for (unsigned i = 0; i < size; ++i) {
            const unsigned shift = 8 * (big_endian_ ? size - 1 - i : i);
            bytes.push_back(static_cast<std::uint8_t>(value >> shift));
        }
        return *this;
    }
    Writing& u16(std::uint64_t value) { return number(value, 2); }
    Writing& u32(std::uint64_t value) { return number(value, 4); }
    Writing& u64(std::uint64_t value) { return number(value, 8); }
    Writing& text(std::string_view value) {
        bytes.insert(bytes.end(), value.begin(), value.end());
        return *this;
    }
    Writing& add(const Writing& other) {
        bytes.insert(bytes.end(), other.bytes.begin(), other.bytes.end());
        return *this;
    }
    Writing& pad() {
        while (bytes.size() % 4 != 0) bytes.push_back(0);
        return *this;
    }

    Writing& pcap_header(std::uint32_t magic = 0xa1b2c3d4, std::uint32_t link = 1, std::uint32_t snap_length = 65535) {
        return u32(magic).u16(2).u16(4).u32(0).u32(0).u32(snap_length).u32(link);
    }
    Writing& pcap_record(std::uint32_t seconds, std::uint32_t fraction, std::string_view data) {
        return u32(seconds).u32(fraction).u32(data.size()).u32(data.size()).text(data);
    }

    Writing& option(unsigned code, const Writing& value) { return u16(code).u16(value.bytes.size()).add(value).pad(); }
    Writing& option(unsigned code, std::string_view value) { return option(code, Writing(big_endian_).text(value)); }
    Writing& block(std::uint32_t type, const Writing& body) {
        const std::size_t size = 12 + body.bytes.size();
        return u32(type).u32(size).add(body).u32(size);
    }
    Writing body() const { return Writing(big_endian_); }
    Writing& section() { return block(0x0a0d0d0a, body().u32(0x1a2b3c4d).u16(1).u16(0).u64(~std::uint64_t{0})); }
    Writing& interface(unsigned link, std::uint32_t snap_length = 0, const Writing& options = Writing()) {
        return block(1, body().u16(link).u16(0).u32(snap_length).add(options));
    }
    Writing& enhanced(std::uint32_t interface, std::uint64_t ticks, std::string_view data,
                      const Writing& options = Writing()) {
        return block(6, body()
                            .u32(interface)
                            .u32(ticks >> 32U)
                            .u32(ticks)
                            .u32(data.size())
                            .u32(data.size())
                            .text(data)
                            .pad()
                            .add(options));
    }

    std::vector<std::uint8_t> bytes;

  private:
    bool big_endian_;
};

/// A packet that outlives the reader's next step.
struct Kept {
    PacketRecord record;
    std::string data;
    std::vector<std::string> comments;
};

inline std::vector<Kept> read_all(Reader& reader) {
    std::vector<Kept> all;
    PacketRecord packet;
    while (reader.next(packet)) {
        Kept& kept = all.emplace_back(Kept{packet, std::string(as_text(packet.data)), {}});
        each_comment(packet, [&kept](std::string_view comment) { kept.comments.emplace_back(comment); });
    }
    return all;
}

}  // namespace fid::capture::test
