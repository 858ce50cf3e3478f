// SPDX-License-Identifier: MIT
#include "capture/writer.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

namespace fid::capture {
namespace {

enum Block : std::uint32_t {
    section_header = 0x0a0d0d0a,
    interface_description = 1,
    name_resolution = 4,
    enhanced_packet = 6,
    decryption_secrets = 10,
};
enum Option : std::uint16_t {
    option_end = 0,
    option_comment = 1,
    section_os = 3,
    section_application = 4,
    interface_name = 2,
    interface_description_text = 3,
    interface_resolution = 9,
    packet_flags = 2,
};

constexpr std::uint32_t byte_order_magic = 0x1a2b3c4d;
constexpr std::uint64_t unknown_length = ~std::uint64_t{0};
constexpr std::uint32_t tls_key_log = 0x544c534b;
constexpr std::uint8_t nanoseconds = 9;
constexpr std::uint64_t ticks_per_second = 1'000'000'000;
constexpr std::size_t block_overhead = 12;  // type, length, length again
constexpr std::size_t option_head = 4;
/// Far below the 65,535 bytes an option may have; nobody reads more.
constexpr std::size_t longest_option = 4096;
constexpr std::size_t write_at = std::size_t{256} << 10U;
constexpr std::size_t held_at_most = std::size_t{8} << 20U;

constexpr std::size_t padded(std::size_t size) { return (size + 3) & ~std::size_t{3}; }

/// Blocks are written in the machine's own byte order; the magic tells readers which.
template <class T>
void append(std::string& out, T value) {
    char bytes[sizeof value];
    std::memcpy(bytes, &value, sizeof value);
    out.append(bytes, sizeof bytes);
}

void append_padded(std::string& out, std::string_view bytes) {
    out.append(bytes);
    out.append(padded(bytes.size()) - bytes.size(), '\0');
}

/// Cuts at a character's end: the format wants UTF-8.
std::string_view cut(std::string_view text) {
    if (text.size() <= longest_option) return text;
    std::size_t size = longest_option;
    while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xc0U) == 0x80U) --size;
    return text.substr(0, size);
}

void append_option(std::string& out, Option code, std::string_view value) {
    if (value.empty()) return;
    value = cut(value);
    append(out, static_cast<std::uint16_t>(code));
    append(out, static_cast<std::uint16_t>(value.size()));
    append_padded(out, value);
}

void append_options_end(std::string& out) { append(out, std::uint32_t{option_end}); }

/// Of `size` bytes of whole blocks the first ones, not cutting one apart.
std::size_t whole_blocks(std::string_view blocks, std::size_t size) {
    std::size_t end = 0;
    while (end + block_overhead <= size) {
        std::uint32_t length = 0;
        std::memcpy(&length, blocks.data() + end + sizeof length, sizeof length);
        if (end + length > size) break;
        end += length;
    }
    return end;
}

std::string operating_system() {
    struct utsname name{};
    if (::uname(&name) != 0) return {};
    return std::string(name.sysname) + ' ' + name.release;
}

/// "out.pcapng" and 2 give "out.2.pcapng".
std::string numbered(const std::string& path, std::uint32_t number) {
    if (number == 0) return path;
    const std::filesystem::path whole(path);
    const std::string name = whole.stem().string() + '.' + std::to_string(number) + whole.extension().string();
    return (whole.parent_path() / name).string();
}

}  // namespace

Result<std::unique_ptr<Writer>> Writer::open(WriterOptions options) {
    if (options.path == "-" && options.rotate_bytes != 0)
        return fail(Status::usage, "cannot rotate", "standard output", "it is one file",
                    "name a file, or leave the size out");
    std::unique_ptr<Writer> writer(new Writer(std::move(options)));
    writer->open_file();
    if (auto head = writer->flush(); !head) return std::unexpected(head.error());
    return writer;
}

Writer::~Writer() { finish(); }

void Writer::open_file() {
    const bool standard_output = options_.path == "-";
    path_ = standard_output ? "standard output" : numbered(options_.path, file_number_);
    owned_ = !standard_output;
    descriptor_ = STDOUT_FILENO;
    if (owned_) descriptor_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0600);
    if (descriptor_ < 0) {
        fail_with(errno, "cannot write");
        return;
    }
    written_bytes_ = file_bytes_ = 0;
    file_has_packets_ = false;

    std::string body;
    append(body, byte_order_magic);
    append(body, std::uint16_t{1});  // version 1.0
    append(body, std::uint16_t{0});
    append(body, unknown_length);
    append_option(body, option_comment, options_.comment);
    append_option(body, section_os, operating_system());
    append_option(body, section_application, options_.application);
    append_options_end(body);
    put_ahead(section_header, body);
    for (const Interface& interface : interfaces_) describe(interface);
}

/// A block that goes before the packets still in memory.
void Writer::put_ahead(std::uint32_t type, std::string_view body) {
    const auto length = static_cast<std::uint32_t>(body.size() + block_overhead);
    append(ahead_, type);
    append(ahead_, length);
    ahead_.append(body);
    append(ahead_, length);
    file_bytes_ += length;
}

std::uint32_t Writer::add_interface(std::uint16_t link_type, std::string_view name, std::string_view description) {
    interfaces_.push_back({link_type, std::string(name), std::string(description)});
    if (!ended_) {
        describe(interfaces_.back());
        write_out(0);
    }
    return static_cast<std::uint32_t>(interfaces_.size() - 1);
}

void Writer::describe(const Interface& interface) {
    std::string body;
    append(body, interface.link_type);
    append(body, std::uint16_t{0});
    append(body, std::uint32_t{0});  // no snap length
    append_option(body, interface_name, interface.name);
    append_option(body, interface_description_text, interface.description);
    append_option(body, interface_resolution, {reinterpret_cast<const char*>(&nanoseconds), 1});
    append_options_end(body);
    put_ahead(interface_description, body);
}

void Writer::packet(const OutgoingPacket& packet) {
    if (ended_) return;
    const std::size_t captured = packet.head.size() + packet.rest.size();
    const std::string_view comment = cut(packet.comment);
    const bool has_options = packet.flags != 0 || !comment.empty();
    const std::size_t options = (packet.flags != 0 ? option_head + sizeof packet.flags : 0) +
                                (comment.empty() ? 0 : option_head + padded(comment.size())) +
                                (has_options ? option_head : 0);
    constexpr std::size_t fixed = 20;
    const std::size_t size = block_overhead + fixed + padded(captured) + options;
    make_room(size);
    if (ended_) return;

    const std::uint64_t ticks =
        packet.time.seconds < 0
            ? 0
            : static_cast<std::uint64_t>(packet.time.seconds) * ticks_per_second + packet.time.nanoseconds;
    const std::uint32_t head[] = {enhanced_packet,
                                  static_cast<std::uint32_t>(size),
                                  packet.interface,
                                  static_cast<std::uint32_t>(ticks >> 32U),
                                  static_cast<std::uint32_t>(ticks),
                                  static_cast<std::uint32_t>(captured),
                                  std::max(packet.length, static_cast<std::uint32_t>(captured))};
    packets_.append(reinterpret_cast<const char*>(head), sizeof head);
    packets_.append(as_text(packet.head));
    packets_.append(as_text(packet.rest));
    packets_.append(padded(captured) - captured, '\0');
    append_option(packets_, option_comment, comment);
    if (packet.flags != 0)
        append_option(packets_, packet_flags, {reinterpret_cast<const char*>(&packet.flags), sizeof packet.flags});
    if (has_options) append_options_end(packets_);
    append(packets_, static_cast<std::uint32_t>(size));
    taken_ += size;
    file_bytes_ += size;
}

void Writer::tls_secrets(std::string_view lines) {
    if (ended_ || lines.empty()) return;
    const bool line_end_missing = !lines.ends_with('\n');
    std::string data(lines);
    if (line_end_missing) data.push_back('\n');
    std::string body;
    append(body, tls_key_log);
    append(body, static_cast<std::uint32_t>(data.size()));
    append_padded(body, data);
    put_ahead(decryption_secrets, body);
}

void Writer::name(Bytes address, std::string_view name) {
    if (ended_ || name.empty()) return;
    const std::string_view kept = cut(name);
    std::string record(as_text(address));
    record.append(kept);
    record.push_back('\0');
    std::string body;
    append(body, static_cast<std::uint16_t>(address.size() == 4 ? 1 : 2));
    append(body, static_cast<std::uint16_t>(record.size()));
    append_padded(body, record);
    append_options_end(body);  // the record that ends the list looks like the end of options
    put_ahead(name_resolution, body);
}

/// Writes what has gathered, and goes on to the next file where the block would make this one too large.
void Writer::make_room(std::size_t block_bytes) {
    const std::size_t count = writable();
    const bool too_large = options_.rotate_bytes != 0 && file_bytes_ + block_bytes > options_.rotate_bytes;
    if (too_large && (file_has_packets_ || count != 0)) {
        // What is held goes into the next file. The secrets at hand may be for packets of either.
        const std::string secrets = count < packets_.size() ? ahead_ : std::string();
        write_out(count);
        close_file();
        if (ended_) return;
        ++file_number_;
        open_file();
        if (ended_) return;
        ahead_ += secrets;
        file_bytes_ = ahead_.size() + packets_.size();
    } else if (packets_.size() >= write_at && count >= packets_.size() / 2) {
        // Less than half is not worth moving the rest to the front.
        write_out(count);
    }
}

std::size_t Writer::writable() const {
    const std::uint64_t first = taken_ - packets_.size();
    if (hold_ >= taken_ || packets_.size() > held_at_most) return packets_.size();
    return hold_ <= first ? 0 : static_cast<std::size_t>(hold_ - first);
}

void Writer::write_out(std::size_t packet_bytes) {
    if (!ahead_.empty() && write_blocks(ahead_)) ahead_.clear();
    if (packet_bytes == 0 || ended_) return;
    file_has_packets_ = true;
    if (write_blocks(std::string_view(packets_).substr(0, packet_bytes))) packets_.erase(0, packet_bytes);
}

bool Writer::write_blocks(std::string_view blocks) {
    std::size_t done = 0;
    while (done < blocks.size()) {
        const ssize_t count = ::write(descriptor_, blocks.data() + done, blocks.size() - done);
        if (count >= 0) {
            done += static_cast<std::size_t>(count);
        } else if (errno == EAGAIN) {
            // Whoever shares our standard output has made it non-blocking.
            struct pollfd writable{descriptor_, POLLOUT, 0};
            (void)::poll(&writable, 1, -1);
        } else if (errno != EINTR) {
            const int reason = errno;
            // Only a regular file can be cut, and only it needs it.
            const auto whole = static_cast<off_t>(written_bytes_ + whole_blocks(blocks, done));
            [[maybe_unused]] const int cut_off = owned_ ? ::ftruncate(descriptor_, whole) : 0;
            fail_with(reason, "cannot write");
            return false;
        }
    }
    written_bytes_ += done;
    return true;
}

/// Ends the recording; the first reason is the one that is told.
void Writer::fail_with(int errno_value, const char* attempt) {
    ended_ = true;
    ahead_.clear();
    packets_.clear();
    if (error_ || (errno_value == EPIPE && !owned_)) return;
    error_ = fail_errno(Status::cannot_write, attempt, path_, errno_value).error();
}

void Writer::close_file() {
    if (descriptor_ < 0 || !owned_) return;
    // Network file systems tell of a full disk only now.
    if (::close(std::exchange(descriptor_, -1)) != 0) fail_with(errno, "cannot write");
}

Result<void> Writer::flush() {
    if (!ended_) write_out(writable());
    if (error_) return std::unexpected(*error_);
    return {};
}

Result<void> Writer::close() {
    finish();
    if (error_) return std::unexpected(*error_);
    return {};
}

void Writer::finish() {
    if (!ended_) write_out(packets_.size());
    close_file();
    ended_ = true;
}

}  // namespace fid::capture
