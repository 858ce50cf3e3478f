// SPDX-License-Identifier: MIT
// A message as bytes: pieces of text and files, read any number of times, never held in memory as a whole.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "report/error.h"
#include "transport/descriptor.h"

namespace fid::mail {

/// A file whose bytes can be read from any place, again and again.
class SourceFile {
  public:
    /// "-" is standard input. What is no regular file (a pipe) is copied to a nameless temporary one first. Status
    /// cannot_read, cannot_write for the copy.
    [[nodiscard]] static Result<std::shared_ptr<const SourceFile>> open(const std::string& path);
    SourceFile(transport::Descriptor descriptor, std::uint64_t size, std::string path)
        : descriptor_(std::move(descriptor)), size_(size), path_(std::move(path)) {}

    [[nodiscard]] std::uint64_t size() const { return size_; }
    [[nodiscard]] const std::string& path() const { return path_; }
    /// Appends `count` bytes from `offset` on. Status cannot_read, also where the file has become shorter.
    [[nodiscard]] Result<void> read(std::uint64_t offset, std::size_t count, std::string& into) const;
    /// All of it. Status cannot_read.
    [[nodiscard]] Result<std::string> text() const;

  private:
    transport::Descriptor descriptor_;
    std::uint64_t size_;
    std::string path_;
};
using SourceFilePtr = std::shared_ptr<const SourceFile>;

/// Gives every line the end CR LF, also those that ended with a bare CR or LF: servers disagree on those, and what one
/// takes for a line another takes for the end of the message. For the wire a line that begins with a dot gets another.
class LineWriter {
  public:
    explicit LineWriter(bool stuff) : stuff_(stuff) {}
    void feed(std::string_view bytes, std::string& out);
    /// Ends the last line.
    void finish(std::string& out);

  private:
    bool stuff_;
    bool at_start_ = true;       ///< of a line
    bool after_return_ = false;  ///< a CR has been taken for a line end; an LF now belongs to it
};

class Message {
  public:
    /// Text with CR LF at the ends of its lines.
    void add_text(std::string text);
    /// A file in base64, in lines.
    void add_base64(SourceFilePtr file);
    /// A whole message. Status cannot_read: it is read through once.
    [[nodiscard]] Result<void> add_message(SourceFilePtr file);

    /// Bytes with CR LF as line ends, as servers count them (RFC 1870).
    [[nodiscard]] std::uint64_t size() const { return size_; }
    /// Bytes outside ASCII stand in it, or in its header.
    [[nodiscard]] bool eight_bit() const { return eight_bit_; }
    [[nodiscard]] bool utf8_header() const { return utf8_header_; }
    void set_utf8_header() { eight_bit_ = utf8_header_ = true; }
    /// Bytes of the longest line; more than 998 are against RFC 5322.
    [[nodiscard]] std::size_t longest_line() const { return longest_line_; }

  private:
    friend class MessageReader;
    enum class Kind : std::uint8_t { text, base64, raw };
    struct Piece {
        Kind kind;
        std::string text;
        SourceFilePtr file;
    };
    std::vector<Piece> pieces_;
    std::uint64_t size_ = 0;
    bool eight_bit_ = false, utf8_header_ = false;
    std::size_t longest_line_ = 0;
};

/// Goes through a message once. The message outlives it.
class MessageReader {
  public:
    /// `wire`: dots are doubled at the beginnings of lines, and "." ends it (RFC 5321 section 4.5.2).
    MessageReader(const Message& message, bool wire) : message_(message), wire_(wire), lines_(wire) {}
    /// Appends the next block; false behind the last one. Status cannot_read.
    [[nodiscard]] Result<bool> next(std::string& into);
    /// Nothing follows the block that next() gave.
    [[nodiscard]] bool at_end() const { return ended_; }

  private:
    const Message& message_;
    bool wire_;
    LineWriter lines_;
    std::size_t piece_ = 0;
    std::uint64_t offset_ = 0;
    bool ended_ = false;
    std::string block_;
};

}  // namespace fid::mail
