// SPDX-License-Identifier: MIT
#include "http/body_writer.h"

#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace fid::http {
namespace {

/// So much at once: then others on the loop have their turn.
constexpr std::size_t most_at_once = std::size_t{512} * 1024;
/// A file's bytes that have to be looked at (TLS) go through so much memory.
constexpr std::size_t copy_bytes = std::size_t{64} * 1024;

}  // namespace

BodyWriter::BodyWriter(transport::Stream& stream, Watched& watched, std::chrono::milliseconds patience)
    : stream_(stream), watched_(watched), patience_(patience), descriptor_(stream.output_descriptor()) {}

bool BodyWriter::try_write(std::string_view& bytes, bool more) {
    if (descriptor_ < 0) return true;
    while (!bytes.empty()) {
        const int flags = MSG_DONTWAIT | MSG_NOSIGNAL | (more ? MSG_MORE : 0);
        const ssize_t count = ::send(descriptor_, bytes.data(), bytes.size(), flags);
        if (count >= 0) {
            bytes.remove_prefix(static_cast<std::size_t>(count));
        } else if (errno != EINTR) {
            return errno == EAGAIN;
        }
    }
    return true;
}

transport::Task<bool> BodyWriter::write(std::string_view bytes) {
    while (!bytes.empty()) {
        made_progress();
        if (descriptor_ < 0) {
            const std::string_view block = bytes.substr(0, most_at_once);
            const auto written = co_await stream_.write(as_bytes(block));
            if (!written) co_return false;
            bytes.remove_prefix(block.size());
            continue;
        }
        if (!try_write(bytes, false)) co_return false;
        if (bytes.empty()) break;
        const auto ready = co_await stream_.wait_writable();
        if (!ready) co_return false;
    }
    co_return true;
}

bool BodyWriter::try_send_file(int file, std::uint64_t& offset, std::uint64_t& length) {
    std::size_t turn = 0;
    while (length != 0 && turn < most_at_once && descriptor_ >= 0) {
        auto at = static_cast<off_t>(offset);
        const auto most = static_cast<std::size_t>(std::min<std::uint64_t>(length, most_at_once));
        const ssize_t count = ::sendfile(descriptor_, file, &at, most);
        if (count == 0) return false;  // the file is shorter than it was
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return errno == EAGAIN;
        offset += static_cast<std::uint64_t>(count);
        length -= static_cast<std::uint64_t>(count);
        turn += static_cast<std::size_t>(count);
    }
    return true;
}

transport::Task<bool> BodyWriter::send_file(int file, std::uint64_t offset, std::uint64_t length) {
    if (descriptor_ < 0) {
        auto copying = copy_file(file, offset, length);
        co_return co_await std::move(copying);
    }
    while (length != 0) {
        made_progress();
        if (!try_send_file(file, offset, length)) co_return false;
        if (length == 0) break;
        // Where it could have gone on it is writable at once: the others have had their turn then.
        const auto ready = co_await stream_.wait_writable();
        if (!ready) co_return false;
    }
    co_return true;
}

transport::Task<bool> BodyWriter::copy_file(int file, std::uint64_t offset, std::uint64_t length) {
    std::vector<std::uint8_t> block(static_cast<std::size_t>(std::min<std::uint64_t>(length, copy_bytes)));
    while (length != 0) {
        const auto most = static_cast<std::size_t>(std::min<std::uint64_t>(length, block.size()));
        const ssize_t count = ::pread(file, block.data(), most, static_cast<off_t>(offset));
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) co_return false;
        made_progress();
        const Bytes bytes(block.data(), static_cast<std::size_t>(count));
        const auto written = co_await stream_.write(bytes);
        if (!written) co_return false;
        offset += bytes.size();
        length -= bytes.size();
    }
    co_return true;
}

transport::Task<bool> BodyWriter::send(const Body* body) {
    for (const Piece& piece : body->pieces) {
        std::string_view text = piece.text;
        if (!try_write(text, piece.length != 0)) co_return false;
        auto writing = write(text);
        if (const bool written = co_await std::move(writing); !written) co_return false;
        if (piece.length == 0) continue;
        if (body->content.memory) {
            writing = write(std::string_view(*body->content.memory).substr(piece.offset, piece.length));
        } else {
            writing = send_file(body->content.file->get(), piece.offset, piece.length);
        }
        if (const bool sent = co_await std::move(writing); !sent) co_return false;
    }
    co_return true;
}

}  // namespace fid::http
