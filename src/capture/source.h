// SPDX-License-Identifier: MIT
// A window over the input: the capture formats look at contiguous bytes and move on, whether the input is a file, a
// pipe or a decompressor. Files are read into the window, not mapped: measured on a 400 MB capture that takes half the
// time (no page faults, and the window stays in the cache), keeps the resident set small, and a file that shrinks while
// it is read is no SIGBUS.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "report/error.h"
#include "report/text.h"

namespace fid::capture {

/// Where the bytes of a stream come from.
class Feed {
  public:
    Feed() = default;
    Feed(const Feed&) = delete;
    Feed& operator=(const Feed&) = delete;
    virtual ~Feed() = default;
    /// At least one byte, at most `room`; 0 at the end, for whatever reason.
    virtual std::size_t read(std::uint8_t* out, std::size_t room) = 0;
    /// Why the end came too early; empty if it did not.
    [[nodiscard]] virtual const std::string& problem() const = 0;
    /// Bytes taken from the file so far: compressed ones where it is compressed.
    [[nodiscard]] virtual std::uint64_t taken() const = 0;
};

class Source {
  public:
    /// A file, or standard input for "-".
    [[nodiscard]] static Result<std::unique_ptr<Source>> open(const std::string& path);
    [[nodiscard]] static std::unique_ptr<Source> from_memory(Bytes bytes);
    Source(const Source&) = delete;
    Source& operator=(const Source&) = delete;

    /// The bytes not yet consumed that are in the window. Pointers live until the next ensure().
    [[nodiscard]] const std::uint8_t* data() const { return cursor_; }
    [[nodiscard]] std::size_t available() const { return static_cast<std::size_t>(end_ - cursor_); }
    /// Makes at least `count` bytes available; false where the input ends before (all that is left is available then).
    [[nodiscard]] bool ensure(std::size_t count) { return available() >= count || grow(count); }
    /// Steps over bytes; `count` must be available.
    void consume(std::size_t count) { cursor_ += count; }
    /// Of data() in the (decompressed) input.
    [[nodiscard]] std::uint64_t offset() const { return base_ + static_cast<std::uint64_t>(cursor_ - begin_); }

    /// How much of file_bytes() has been taken from the file.
    [[nodiscard]] std::uint64_t taken() const { return feed_ ? feed_->taken() : file_bytes_; }
    [[nodiscard]] std::uint64_t file_bytes() const { return file_bytes_; }
    [[nodiscard]] const std::string& compression() const { return compression_; }
    [[nodiscard]] const std::string& problem() const;

  private:
    Source() = default;
    bool grow(std::size_t count);
    void set_window(const std::uint8_t* begin, std::size_t size);

    const std::uint8_t* begin_ = nullptr;
    const std::uint8_t* cursor_ = nullptr;
    const std::uint8_t* end_ = nullptr;
    std::uint64_t base_ = 0;  ///< input offset of begin_
    std::unique_ptr<Feed> feed_;
    std::unique_ptr<std::uint8_t[]> buffer_;
    std::size_t capacity_ = 0;
    std::uint64_t file_bytes_ = 0;
    std::string compression_;
};

}  // namespace fid::capture
