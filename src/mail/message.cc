// SPDX-License-Identifier: MIT
#include "mail/message.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "encoding/base64.h"
#include "mail/mailbox.h"
#include "report/write_all.h"

namespace fid::mail {
namespace {

/// 57 bytes are a line of 76 characters (RFC 2045 section 6.8); so many lines are a block of about 64 KiB.
constexpr std::size_t line_bytes = 57, line_characters = 76, block_lines = 840;
constexpr std::size_t block_bytes = line_bytes * block_lines;

void put_base64_lines(std::string_view bytes, std::string& out) {
    encoding::Base64Lines lines;
    lines.put(bytes, out);
    lines.finish(out);
}

/// What a message's bytes are like, found out by reading them once.
class Survey {
  public:
    void feed(std::string_view lines) {
        eight_bit = eight_bit || !is_ascii(lines);
        size += lines.size();
        while (!lines.empty()) {
            const std::size_t end = lines.find('\n');
            const std::string_view part = lines.substr(0, end);
            line_ += part.size();
            if (in_header_) utf8_header = utf8_header || !is_ascii(part);
            if (end == std::string_view::npos) return;
            const std::size_t length = line_ - 1;  // without its CR
            if (length == 0) in_header_ = false;
            longest = std::max(longest, length);
            line_ = 0;
            lines.remove_prefix(end + 1);
        }
    }

    std::uint64_t size = 0;
    std::size_t longest = 0;
    bool eight_bit = false, utf8_header = false;

  private:
    std::size_t line_ = 0;
    bool in_header_ = true;
};

/// A copy of a pipe's bytes in a file without a name.
Result<transport::Descriptor> spooled(int input, const std::string& path) {
    const char* const wanted = std::getenv("TMPDIR");
    const char* const folder = wanted != nullptr && *wanted != '\0' ? wanted : "/tmp";
    transport::Descriptor copy(::open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
    if (!copy.valid()) return fail_errno(Status::cannot_write, "cannot make a temporary file in", folder, errno);
    std::string block(block_bytes, '\0');
    while (true) {
        const ssize_t count = ::read(input, block.data(), block.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return fail_errno(Status::cannot_read, "cannot read", path, errno);
        if (count == 0) return copy;
        const std::string_view got = std::string_view(block).substr(0, static_cast<std::size_t>(count));
        if (const int fault = report::write_all(copy.get(), got); fault != 0)
            return fail_errno(Status::cannot_write, "cannot write a temporary file in", folder, fault);
    }
}

}  // namespace

Result<SourceFilePtr> SourceFile::open(const std::string& path) {
    transport::Descriptor file(path == "-" ? ::dup(STDIN_FILENO) : ::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat about{};
    if (!file.valid() || fstat(file.get(), &about) != 0)
        return fail_errno(Status::cannot_read, "cannot read", path, errno);
    if (S_ISDIR(about.st_mode)) return fail(Status::cannot_read, "cannot read", path, "a directory");
    // Standard input may be a file that has been read in part.
    if (path == "-" || !S_ISREG(about.st_mode)) {
        auto copy = spooled(file.get(), path);
        if (!copy) return std::unexpected(std::move(copy.error()));
        file = std::move(*copy);
        if (fstat(file.get(), &about) != 0) return fail_errno(Status::cannot_read, "cannot read", path, errno);
    }
    return std::make_shared<const SourceFile>(std::move(file), static_cast<std::uint64_t>(about.st_size), path);
}

Result<void> SourceFile::read(std::uint64_t offset, std::size_t count, std::string& into) const {
    const std::size_t before = into.size();
    into.resize(before + count);
    for (std::size_t done = 0; done < count;) {
        const ssize_t got =
            ::pread(descriptor_.get(), into.data() + before + done, count - done, static_cast<off_t>(offset + done));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return fail_errno(Status::cannot_read, "cannot read", path_, errno);
        if (got == 0) return fail(Status::cannot_read, "cannot read", path_, "it has become shorter while it was read");
        done += static_cast<std::size_t>(got);
    }
    return {};
}

Result<std::string> SourceFile::text() const {
    std::string all;
    if (auto done = read(0, size_, all); !done) return std::unexpected(std::move(done.error()));
    return all;
}

void LineWriter::feed(std::string_view bytes, std::string& out) {
    if (after_return_ && !bytes.empty()) {
        after_return_ = false;
        if (bytes.front() == '\n') bytes.remove_prefix(1);
    }
    std::size_t next_feed = 0;  // of a place before `at` it says nothing
    bool known = false;
    for (std::size_t at = 0; at < bytes.size();) {
        if (!known || next_feed < at) {
            next_feed = std::min(bytes.find('\n', at), bytes.size());
            known = true;
        }
        if (at_start_ && stuff_ && bytes[at] == '.') out += '.';
        const void* const found = std::memchr(bytes.data() + at, '\r', next_feed - at);
        if (found != nullptr) {
            const auto end = static_cast<std::size_t>(static_cast<const char*>(found) - bytes.data());
            out.append(bytes, at, end - at);
            out += "\r\n";
            at_start_ = true;
            at = end + 1;
            if (at == bytes.size()) {
                after_return_ = true;
            } else if (bytes[at] == '\n') {
                ++at;
            }
            continue;
        }
        out.append(bytes, at, next_feed - at);
        at_start_ = next_feed < bytes.size();
        if (at_start_) out += "\r\n";
        at = next_feed + 1;
    }
}

void LineWriter::finish(std::string& out) {
    if (!at_start_) out += "\r\n";
    at_start_ = true;
}

void Message::add_text(std::string text) {
    size_ += text.size();
    eight_bit_ = eight_bit_ || !is_ascii(text);
    pieces_.push_back({Kind::text, std::move(text), {}});
}

void Message::add_base64(SourceFilePtr file) {
    const std::uint64_t characters = (file->size() + 2) / 3 * 4;
    size_ += characters + (characters + line_characters - 1) / line_characters * 2;
    pieces_.push_back({Kind::base64, {}, std::move(file)});
}

Result<void> Message::add_message(SourceFilePtr file) {
    pieces_.push_back({Kind::raw, {}, std::move(file)});
    Survey survey;
    MessageReader reader(*this, false);
    std::string block;
    while (true) {
        block.clear();
        const auto more = reader.next(block);
        if (!more) return std::unexpected(more.error());
        if (!*more) break;
        survey.feed(block);
    }
    size_ += survey.size;
    eight_bit_ = eight_bit_ || survey.eight_bit;
    utf8_header_ = utf8_header_ || survey.utf8_header;
    longest_line_ = std::max(longest_line_, survey.longest);
    return {};
}

Result<bool> MessageReader::next(std::string& into) {
    if (ended_) return false;
    if (piece_ < message_.pieces_.size()) {
        const Message::Piece& piece = message_.pieces_[piece_];
        bool over = true;
        if (piece.kind == Message::Kind::text) {
            lines_.feed(piece.text, into);
        } else {
            block_.clear();
            const std::size_t count = std::min<std::uint64_t>(block_bytes, piece.file->size() - offset_);
            if (auto read = piece.file->read(offset_, count, block_); !read)
                return std::unexpected(std::move(read.error()));
            offset_ += count;
            over = offset_ == piece.file->size();
            if (piece.kind == Message::Kind::raw)
                lines_.feed(block_, into);
            else
                put_base64_lines(block_, into);
        }
        if (over) {
            ++piece_;
            offset_ = 0;
        }
    }
    if (piece_ >= message_.pieces_.size()) {
        lines_.finish(into);
        if (wire_) into += ".\r\n";
        ended_ = true;
    }
    return true;
}

}  // namespace fid::mail
