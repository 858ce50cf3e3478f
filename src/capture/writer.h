// SPDX-License-Identifier: MIT
// Writes pcapng files (draft-ietf-opsawg-pcapng): one section per file, times in nanoseconds, comments, TLS secrets,
// names of addresses. The counterpart of capture/reader.h.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "capture/packet_record.h"
#include "report/error.h"
#include "report/text.h"

namespace fid::capture {

struct WriterOptions {
    std::string path;         ///< a file, which is overwritten; a named pipe; "-" is standard output
    std::string application;  ///< shb_userappl: "fid 0.1.0"
    std::string comment;      ///< of every section
    /// A file that the next packet would make larger than this is closed and the next one begun; 0 = never. Only a
    /// packet that is larger itself, or packets that are held, make a larger file.
    std::uint64_t rotate_bytes = 0;
};

/// One packet to be written: `head` and `rest` one after the other, so that a header made here and a payload from
/// elsewhere need not be joined first.
struct OutgoingPacket {
    std::uint32_t interface = 0;  ///< what Writer::add_interface gave
    Timestamp time;
    Bytes head, rest;
    std::uint32_t length = 0;  ///< on the wire, where that is more than there are bytes
    std::uint32_t flags = 0;   ///< epb_flags, left out where 0: bits 0-1 direction (1 in, 2 out)
    std::string_view comment;  ///< UTF-8; left out where empty
};

/// One capture being written, front to back.
///
/// Files: `out.pcapng`, then with rotation `out.1.pcapng`, `out.2.pcapng`, ... Each is a capture of its own, with the
/// section header and the interfaces; `mergecap -a` joins them. Secrets and names stand in the file that was open when
/// they were learned. New files can be read by their owner only: they may hold keys.
///
/// Buffering: packets are collected and written in blocks of a quarter of a megabyte; flush() writes what there is, at
/// moments the caller chooses. The file's head is written at once. What is written are always whole blocks, so a
/// killed process leaves a file that can be read up to the last flush.
///
/// Secrets must stand before the packets they decrypt, and are often known only after the first of these. So they, and
/// names, are written ahead of all packets still in memory, and hold() keeps packets there for a while.
///
/// Errors: the first write that fails (status cannot_write: no space left, ...) ends the recording: what is not whole
/// is cut off the file, everything after is dropped, and flush() and close() tell the reason. A closed pipe at
/// standard output ends it too, quietly.
///
/// Not shared between threads without a lock.
class Writer {
  public:
    /// Creates the first file and writes its section header. Status cannot_write; usage for rotation of standard
    /// output.
    [[nodiscard]] static Result<std::unique_ptr<Writer>> open(WriterOptions options);
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;
    /// Closes; use close() to learn whether that worked.
    ~Writer();

    /// Packets of a link type (LINKTYPE_ value) need an interface first. Name and description may be empty.
    [[nodiscard]] std::uint32_t add_interface(std::uint16_t link_type, std::string_view name,
                                              std::string_view description);
    void packet(const OutgoingPacket& packet);
    /// Lines of an NSS key log (SSLKEYLOGFILE), as a decryption secrets block.
    void tls_secrets(std::string_view lines);
    /// The name of an IP address (4 or 16 bytes), as a name resolution block.
    void name(Bytes address, std::string_view name);

    /// The place of the next packet among all packet bytes; grows by each packet.
    [[nodiscard]] std::uint64_t position() const { return taken_; }
    /// Packets from a position() on stay in memory, unless they grow beyond 8 MiB; nullopt ends it.
    void hold(std::optional<std::uint64_t> from) { hold_ = from.value_or(no_hold); }
    /// Is there anything that flush() could write, now or once the hold ends?
    [[nodiscard]] bool pending() const { return !ahead_.empty() || !packets_.empty(); }

    /// Writes all that is not held.
    Result<void> flush();
    /// Writes everything and closes the file. Nothing may be written afterwards.
    Result<void> close();
    /// Why the recording ended early, if it did.
    [[nodiscard]] const std::optional<Error>& error() const { return error_; }
    /// The file being written: the path, with its number where it was rotated.
    [[nodiscard]] const std::string& path() const { return path_; }

  private:
    struct Interface {
        std::uint16_t link_type;
        std::string name, description;
    };
    static constexpr std::uint64_t no_hold = std::numeric_limits<std::uint64_t>::max();

    explicit Writer(WriterOptions options) : options_(std::move(options)) {}
    void open_file();
    void close_file();
    void finish();
    void put_ahead(std::uint32_t type, std::string_view body);
    void describe(const Interface& interface);
    void make_room(std::size_t block_bytes);
    void write_out(std::size_t packet_bytes);
    bool write_blocks(std::string_view blocks);
    void fail_with(int errno_value, const char* attempt);
    [[nodiscard]] std::size_t writable() const;

    WriterOptions options_;
    std::string path_;
    std::uint32_t file_number_ = 0;  ///< 0 for the path itself
    int descriptor_ = -1;
    bool owned_ = false;  ///< not standard output
    bool ended_ = false;  ///< after an error or a closed pipe
    std::optional<Error> error_;
    std::vector<Interface> interfaces_;
    std::string ahead_;    ///< whole blocks that come before those of packets_: a new file's head, secrets, names
    std::string packets_;  ///< whole blocks, the bytes up to taken_
    std::uint64_t taken_ = 0;
    std::uint64_t hold_ = no_hold;
    std::uint64_t file_bytes_ = 0;     ///< of this file, with what is still in memory
    std::uint64_t written_bytes_ = 0;  ///< of this file
    bool file_has_packets_ = false;    ///< written already
};

}  // namespace fid::capture
