// SPDX-License-Identifier: MIT
// Reads pcap and pcapng files, plain or compressed (gz, zst, lz4, xz), from a path or standard input ("-").
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "capture/packet_record.h"
#include "report/error.h"

namespace fid::capture {

/// What `info` tells of the file around its packets.
struct FileFacts {
    std::string format;       ///< "pcap", "pcapng", "modified pcap"
    std::string compression;  ///< "", "gzip", "zstd", "lz4", "xz"
    bool nanoseconds = false;
    bool big_endian = false;       ///< of the first section
    std::uint64_t file_bytes = 0;  ///< on disk; 0 for a pipe
    std::uint64_t data_bytes = 0;  ///< read so far, after decompression
    std::uint32_t sections = 0;
    std::vector<std::string> comments;                       ///< of sections and interfaces
    std::vector<std::pair<std::string, std::string>> names;  ///< name resolution: address text, name
    std::uint64_t secrets = 0, custom_blocks = 0, unknown_blocks = 0, packet_comments = 0;
    std::string hardware, os, application;
};

class Source;  // bytes in, plain or decompressed: capture/source.h

/// One capture input, read once from front to back in memory that does not grow with it; a packet's data is a view.
/// Not copied, not shared between threads.
class Reader {
  public:
    /// Status cannot_read where there is no such file, bad_input where it is no capture at all, truncated where it is
    /// compressed and too little of it can be decompressed to tell.
    [[nodiscard]] static Result<Reader> open(const std::string& path);
    /// A capture in memory; for tests and fuzzing. The bytes must outlive the reader.
    [[nodiscard]] static Result<Reader> from_memory(Bytes bytes);
    Reader(Reader&&) noexcept;
    Reader& operator=(Reader&&) noexcept;
    ~Reader();

    /// The next packet, or nothing at the end. Damage is stepped over: see damage().
    [[nodiscard]] bool next(PacketRecord& packet);

    [[nodiscard]] const std::vector<Interface>& interfaces() const;
    [[nodiscard]] const FileFacts& facts() const;
    /// Bytes of the file taken so far, of facts().file_bytes: how far the work has come, for compressed files too.
    [[nodiscard]] std::uint64_t file_bytes_taken() const;
    /// All damage met so far, in order; at most 1,000 entries are kept, damage_count() has the true number.
    [[nodiscard]] const std::vector<Damage>& damage() const;
    [[nodiscard]] std::uint64_t damage_count() const;
    /// TLS key log lines and other secrets met so far (decryption secrets blocks): type, data.
    [[nodiscard]] const std::vector<std::pair<std::uint32_t, std::string>>& secrets() const;

  private:
    struct State;
    explicit Reader(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

/// Visits the comments (opt_comment, UTF-8 or not) among a packet's raw options.
void each_comment(const PacketRecord& packet, const std::function<void(std::string_view)>& visit);

/// "EN10MB" / "Ethernet" for a LINKTYPE_ value; "unknown" where there is none.
[[nodiscard]] std::string_view link_type_name(std::uint16_t link_type);
[[nodiscard]] std::string_view link_type_title(std::uint16_t link_type);

}  // namespace fid::capture
