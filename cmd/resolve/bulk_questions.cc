// SPDX-License-Identifier: MIT
#include "cmd/resolve/bulk_questions.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "address/characters.h"

namespace fid::cmd::resolve {
namespace {

using Pull = dns::BulkSource::Pull;

constexpr std::size_t block = std::size_t{256} << 10U;
constexpr std::size_t most_types_a_line = 16;
constexpr std::size_t most_told_of_a_line = 300;

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

/// Takes the next word off `text`; empty at the end and before a comment.
std::string_view take_word(std::string_view& text) {
    std::size_t begin = 0;
    while (begin < text.size() && is_blank(text[begin])) ++begin;
    std::size_t end = begin;
    while (end < text.size() && !is_blank(text[end])) ++end;
    std::string_view word = text.substr(begin, end - begin);
    text.remove_prefix(end);
    if (word.starts_with('#') || word.starts_with(';')) word = {};
    return word;
}

/// Lines of a descriptor, by large blocks. A line longer than a block comes cut short.
class LineReader {
  public:
    explicit LineReader(int descriptor) : descriptor_(descriptor) {
        struct stat facts{};
        if (fstat(descriptor, &facts) == 0 && S_ISREG(facts.st_mode)) size_ = static_cast<std::uint64_t>(facts.st_size);
    }

    /// The line is valid until the next call.
    Pull next(std::string_view& line) {
        while (true) {
            const auto* const end =
                static_cast<const char*>(std::memchr(buffer_.data() + looked_at_, '\n', end_ - looked_at_));
            if (end != nullptr) {
                const auto at = static_cast<std::size_t>(end - buffer_.data());
                line = {buffer_.data() + begin_, at - begin_};
                offset_ += at + 1 - begin_;
                begin_ = looked_at_ = at + 1;
                if (!std::exchange(skipping_, false)) return Pull::question;
                continue;
            }
            looked_at_ = end_;
            if (end_ - begin_ == buffer_.size()) {
                line = {buffer_.data(), end_};
                offset_ += end_;
                begin_ = end_ = looked_at_ = 0;
                if (!std::exchange(skipping_, true)) return Pull::question;
            }
            const Pull read = fill();
            if (read == Pull::later) return read;
            if (read == Pull::question) continue;
            if (begin_ == end_) return Pull::end;
            line = {buffer_.data() + begin_, end_ - begin_};  // the last line need not end with a newline
            offset_ += end_ - begin_;
            begin_ = looked_at_ = end_;
            if (!std::exchange(skipping_, false)) return Pull::question;
        }
    }

    [[nodiscard]] std::uint64_t offset() const { return offset_; }  ///< behind the last line
    [[nodiscard]] std::uint64_t size() const { return size_; }      ///< of a file, else 0
    [[nodiscard]] int error() const { return error_; }

    /// False where the input ends before that.
    bool skip_to(std::uint64_t offset) {
        if (lseek(descriptor_, static_cast<off_t>(offset), SEEK_CUR) >= 0) {
            offset_ = offset;
            return size_ == 0 || offset <= size_;
        }
        while (offset_ < offset) {
            const ssize_t got = read(descriptor_, buffer_.data(), std::min<std::uint64_t>(block, offset - offset_));
            if (got <= 0) return false;
            offset_ += static_cast<std::uint64_t>(got);
        }
        return true;
    }

  private:
    /// Reads more; never waits.
    Pull fill() {
        if (size_ == 0) {
            pollfd ready{.fd = descriptor_, .events = POLLIN, .revents = 0};
            if (poll(&ready, 1, 0) == 0) return Pull::later;
        }
        std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
        end_ -= begin_;
        looked_at_ -= begin_;
        begin_ = 0;
        const ssize_t got = read(descriptor_, buffer_.data() + end_, buffer_.size() - end_);
        if (got > 0) {
            end_ += static_cast<std::size_t>(got);
            return Pull::question;
        }
        if (got < 0 && (errno == EINTR || errno == EAGAIN)) return Pull::later;
        if (got < 0) error_ = errno;
        return Pull::end;
    }

    int descriptor_;
    std::vector<char> buffer_ = std::vector<char>(block);
    std::size_t begin_ = 0, end_ = 0;
    std::size_t looked_at_ = 0;  ///< there is no newline between begin_ and this
    std::uint64_t offset_ = 0, size_ = 0;
    int error_ = 0;
    bool skipping_ = false;  ///< the rest of a line that was too long
};

class ListQuestions final : public Questions {
  public:
    ListQuestions(int descriptor, std::string name, std::vector<std::uint16_t> types, std::uint16_t klass,
                  OnBadLine on_bad)
        : descriptor_(descriptor),
          name_(std::move(name)),
          types_(std::move(types)),
          klass_(klass),
          on_bad_(std::move(on_bad)),
          lines_(descriptor) {}

    Pull next(dns::BulkQuestion& into) override {
        while (type_ == own_count_) {
            std::string_view line;
            line_offset_ = lines_.offset();
            const Pull read = lines_.next(line);
            if (read != Pull::question) return read;
            ++line_;
            take_line(line);
        }
        into.question.name = current_;
        into.question.type = own_types_[type_++];
        into.question.klass = klass_;
        into.mark = line_;
        return Pull::question;
    }
    [[nodiscard]] int descriptor() const override { return descriptor_; }

    [[nodiscard]] Place place() const override {
        if (type_ == own_count_) return {lines_.offset(), line_, 0};
        return {line_offset_, line_ - 1, type_};
    }
    Result<void> seek(const Place& place) override {
        if (!lines_.skip_to(place.offset))
            return fail(Status::bad_input, "cannot go on in", name_,
                        "it is shorter than it was when the run was stopped");
        line_ = place.line;
        if (place.type == 0) return {};
        std::string_view line;
        line_offset_ = lines_.offset();
        if (lines_.next(line) == Pull::question) {
            ++line_;
            take_line(line);
            type_ = std::min<std::size_t>(place.type, own_count_);
        }
        return {};
    }
    [[nodiscard]] std::uint64_t total() const override { return lines_.size(); }
    [[nodiscard]] Result<void> result() const override {
        if (lines_.error() == 0) return {};
        return fail_errno(Status::cannot_read, "cannot read", name_, lines_.error());
    }

  private:
    void take_line(std::string_view line) {
        type_ = own_count_ = 0;
        std::string_view rest = line;
        const std::string_view word = take_word(rest);
        if (word.empty()) return;
        while (true) {
            const std::string_view typed = take_word(rest);
            if (typed.empty()) break;
            const auto type = dns::read_type(typed);
            if (!type || own_count_ == most_types_a_line)
                return bad_line(line, fail(Status::bad_input, "unknown type", "'" + std::string(typed) + "'").error());
            own_types_[own_count_++] = *type;
        }
        const bool like_address = is_digit(word[0]) || word.find(':') != std::string_view::npos;
        if (const auto address = like_address ? Address::read(word) : std::nullopt) {
            current_ = dns::Name::reverse(*address);
            if (own_count_ == 0) own_types_[own_count_++] = dns::type::ptr;
            return;
        }
        auto name = dns::Name::from_user(word.substr(0, block / 2));
        if (!name) return bad_line(line, name.error());
        current_ = *name;
        if (own_count_ == 0) use_common_types();
    }
    void use_common_types() {
        for (const std::uint16_t type : types_) own_types_[own_count_++] = type;
    }
    void bad_line(std::string_view line, const Error& error) {
        if (own_count_ == 0) use_common_types();
        while (!line.empty() && is_blank(line.back())) line.remove_suffix(1);
        for (std::size_t i = 0; i < own_count_; ++i)
            on_bad_({line_, line.substr(0, most_told_of_a_line), own_types_[i], error});
        own_count_ = 0;
    }

    int descriptor_;
    std::string name_;
    std::vector<std::uint16_t> types_;
    std::uint16_t klass_;
    OnBadLine on_bad_;
    LineReader lines_;
    dns::Name current_;
    std::array<std::uint16_t, most_types_a_line> own_types_{};
    std::size_t own_count_ = 0, type_ = 0;  ///< of the current line: how many, and which is next
    std::uint64_t line_ = 0, line_offset_ = 0;
};

class RangeQuestions final : public Questions {
  public:
    RangeQuestions(std::vector<Range> ranges, std::vector<std::uint16_t> types, std::uint16_t klass)
        : ranges_(std::move(ranges)), types_(std::move(types)), klass_(klass) {
        for (const Range& range : ranges_) total_ += static_cast<std::uint64_t>(range.last - range.first + 1);
        if (!ranges_.empty()) at_ = ranges_.front().first;
    }

    Pull next(dns::BulkQuestion& into) override {
        if (range_ == ranges_.size()) return Pull::end;
        const Range& range = ranges_[range_];
        if (type_ == 0) current_ = dns::Name::reverse({range.family, at_});
        into.question.name = current_;
        into.question.type = types_[type_];
        into.question.klass = klass_;
        into.mark = done_ + 1;
        if (++type_ < types_.size()) return Pull::question;
        type_ = 0;
        ++done_;
        if (at_ != range.last)
            ++at_;
        else if (++range_ < ranges_.size())
            at_ = ranges_[range_].first;
        return Pull::question;
    }

    [[nodiscard]] Place place() const override { return {done_, done_, type_}; }
    Result<void> seek(const Place& place) override {
        done_ = place.offset;
        std::uint64_t left = place.offset;
        for (range_ = 0; range_ < ranges_.size(); ++range_) {
            const auto size = static_cast<std::uint64_t>(ranges_[range_].last - ranges_[range_].first + 1);
            at_ = ranges_[range_].first + left;
            if (left < size) break;
            left -= size;
        }
        if (place.offset > total_)
            return fail(Status::bad_input, "cannot go on with", "the sweep", "it was a larger one");
        type_ = std::min<std::size_t>(place.type, types_.size() - 1);
        if (range_ < ranges_.size()) current_ = dns::Name::reverse({ranges_[range_].family, at_});
        return {};
    }
    [[nodiscard]] std::uint64_t total() const override { return total_; }

  private:
    std::vector<Range> ranges_;
    std::vector<std::uint16_t> types_;
    std::uint16_t klass_;
    std::size_t range_ = 0, type_ = 0;
    Uint128 at_ = 0;
    dns::Name current_;
    std::uint64_t done_ = 0, total_ = 0;
};

}  // namespace

std::unique_ptr<Questions> questions_from_list(int descriptor, std::string name, std::vector<std::uint16_t> types,
                                               std::uint16_t klass, OnBadLine on_bad) {
    return std::make_unique<ListQuestions>(descriptor, std::move(name), std::move(types), klass, std::move(on_bad));
}

std::unique_ptr<Questions> questions_from_ranges(std::vector<Range> ranges, std::vector<std::uint16_t> types,
                                                 std::uint16_t klass) {
    return std::make_unique<RangeQuestions>(std::move(ranges), std::move(types), klass);
}

}  // namespace fid::cmd::resolve
