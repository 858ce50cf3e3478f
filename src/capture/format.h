// SPDX-License-Identifier: MIT
// What the two file formats share inside the reader: byte order, what they fill, and how damage is noted.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "capture/reader.h"
#include "capture/source.h"

namespace fid::capture {

/// No record claims more than this and is believed; it also bounds the window of a stream.
inline constexpr std::size_t max_record = std::size_t{256} << 20U;

template <class T>
[[nodiscard]] inline T load(const std::uint8_t* at, bool big_endian) {
    T value;
    std::memcpy(&value, at, sizeof value);
    return big_endian == (std::endian::native == std::endian::big) ? value : std::byteswap(value);
}
[[nodiscard]] inline std::uint16_t load16(const std::uint8_t* at, bool big_endian) {
    return load<std::uint16_t>(at, big_endian);
}
[[nodiscard]] inline std::uint32_t load32(const std::uint8_t* at, bool big_endian) {
    return load<std::uint32_t>(at, big_endian);
}

/// Everything a reader has learned so far.
struct Contents {
    FileFacts facts;
    std::vector<Interface> interfaces;
    std::vector<Damage> damage;
    std::uint64_t damage_count = 0;
    std::vector<std::pair<std::uint32_t, std::string>> secrets;
    std::uint64_t packets = 0;

    void note_damage(std::uint64_t offset, std::uint64_t bytes_lost, std::string what);
};

class Format {
  public:
    Format(Source& source, Contents& contents) : source_(source), contents_(contents) {}
    Format(const Format&) = delete;
    Format& operator=(const Format&) = delete;
    virtual ~Format() = default;
    virtual bool next(PacketRecord& packet) = 0;

  protected:
    /// The input is used up: notes what is left of it (`what` tells in which thing it ends) and why it ended.
    bool end(const char* what);
    /// Steps behind damage at the present place: to the next sound record if there is one, else to the end.
    void recover(std::string what);
    /// Is there, at the source's present place, something that can only be a record?
    virtual bool sound_here() = 0;

    Source& source_;
    Contents& contents_;

  private:
    bool ended_ = false;
};

/// Status bad_input where the file header is not one.
[[nodiscard]] Result<std::unique_ptr<Format>> make_pcap(Source& source, Contents& contents);
[[nodiscard]] std::unique_ptr<Format> make_pcapng(Source& source, Contents& contents);

/// Files exist whose link type is a platform's DLT_ number where LINKTYPE_ has another: raw IP only, in practice.
[[nodiscard]] std::uint16_t canonical_link_type(std::uint16_t link_type);

}  // namespace fid::capture
