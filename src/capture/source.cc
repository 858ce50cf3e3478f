// SPDX-License-Identifier: MIT
#include "capture/source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "capture/decompress.h"

namespace fid::capture {
namespace {

/// Fits the second-level cache: a larger window is slower.
constexpr std::size_t first_window = std::size_t{256} << 10U;

class FileFeed final : public Feed {
  public:
    FileFeed(int descriptor, bool owned) : descriptor_(descriptor), owned_(owned) {}
    ~FileFeed() override {
        if (owned_) ::close(descriptor_);
    }
    std::size_t read(std::uint8_t* out, std::size_t room) override {
        if (unread_at_ < unread_size_) {
            const std::size_t count = std::min(room, unread_size_ - unread_at_);
            std::memcpy(out, unread_.data() + unread_at_, count);
            unread_at_ += count;
            return count;
        }
        while (true) {
            const ssize_t count = ::read(descriptor_, out, room);
            if (count >= 0) {
                taken_ += static_cast<std::uint64_t>(count);
                return static_cast<std::size_t>(count);
            }
            if (errno == EINTR) continue;
            problem_ = std::string("cannot read on: ") + std::strerror(errno);
            return 0;
        }
    }
    /// The first bytes, which read() still gives afterwards.
    Bytes peek() {
        while (unread_size_ < unread_.size()) {
            const ssize_t count = ::read(descriptor_, unread_.data() + unread_size_, unread_.size() - unread_size_);
            if (count < 0 && errno == EINTR) continue;
            if (count <= 0) break;
            unread_size_ += static_cast<std::size_t>(count);
            taken_ += static_cast<std::uint64_t>(count);
        }
        return {unread_.data(), unread_size_};
    }
    [[nodiscard]] const std::string& problem() const override { return problem_; }
    [[nodiscard]] std::uint64_t taken() const override { return taken_; }

  private:
    int descriptor_;
    bool owned_;
    std::array<std::uint8_t, 64> unread_{};
    std::size_t unread_size_ = 0, unread_at_ = 0;
    std::uint64_t taken_ = 0;
    std::string problem_;
};

class MemoryFeed final : public Feed {
  public:
    explicit MemoryFeed(Bytes bytes) : bytes_(bytes), size_(bytes.size()) {}
    std::size_t read(std::uint8_t* out, std::size_t room) override {
        const std::size_t count = std::min(room, bytes_.size());
        std::copy_n(bytes_.begin(), count, out);
        bytes_ = bytes_.subspan(count);
        return count;
    }
    [[nodiscard]] const std::string& problem() const override { return problem_; }
    [[nodiscard]] std::uint64_t taken() const override { return size_ - bytes_.size(); }

  private:
    Bytes bytes_;
    std::uint64_t size_;
    std::string problem_;
};

}  // namespace

Result<std::unique_ptr<Source>> Source::open(const std::string& path) {
    const bool standard_input = path == "-";
    const int descriptor = standard_input ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
    const std::string name = standard_input ? "standard input" : path;
    if (descriptor < 0) return fail_errno(Status::cannot_read, "cannot read", name, errno);
    auto feed = std::make_unique<FileFeed>(descriptor, !standard_input);
    struct stat facts{};
    if (::fstat(descriptor, &facts) != 0) return fail_errno(Status::cannot_read, "cannot read", name, errno);
    if (S_ISDIR(facts.st_mode)) return fail_errno(Status::cannot_read, "cannot read", name, EISDIR);

    std::unique_ptr<Source> source(new Source);
    // A shell may hand over a descriptor that has been read from: its size says nothing then.
    const bool plain = S_ISREG(facts.st_mode) && ::lseek(descriptor, 0, SEEK_CUR) == 0;
    if (plain) source->file_bytes_ = static_cast<std::uint64_t>(facts.st_size);
    ::posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL);
    source->compression_ = compression_of(feed->peek());
    source->feed_ = decompress(source->compression_, std::move(feed));
    return source;
}

std::unique_ptr<Source> Source::from_memory(Bytes bytes) {
    std::unique_ptr<Source> source(new Source);
    source->file_bytes_ = bytes.size();
    source->compression_ = compression_of(bytes);
    if (source->compression_.empty())
        source->set_window(bytes.data(), bytes.size());
    else
        source->feed_ = decompress(source->compression_, std::make_unique<MemoryFeed>(bytes));
    return source;
}

const std::string& Source::problem() const {
    static const std::string none;
    return feed_ ? feed_->problem() : none;
}

void Source::set_window(const std::uint8_t* begin, std::size_t size) {
    begin_ = cursor_ = begin;
    end_ = begin + size;
}

bool Source::grow(std::size_t count) {
    if (!feed_) return false;
    const std::size_t kept = available();
    const auto consumed = static_cast<std::uint64_t>(cursor_ - begin_);
    // Twice the window only where over half of it is still wanted: moving bytes stays linear in the input, and the
    // window grows with bytes that came, never with bytes that were claimed.
    if (capacity_ == 0 || kept > capacity_ / 2) {
        const std::size_t wider = capacity_ == 0 ? first_window : capacity_ * 2;
        std::unique_ptr<std::uint8_t[]> moved(new std::uint8_t[wider]);
        std::copy_n(cursor_, kept, moved.get());
        buffer_ = std::move(moved);
        capacity_ = wider;
    } else if (kept != 0) {
        std::memmove(buffer_.get(), cursor_, kept);
    }
    set_window(buffer_.get(), kept);
    base_ += consumed;
    std::size_t have = kept;
    while (have < count && have < capacity_) {
        const std::size_t got = feed_->read(buffer_.get() + have, capacity_ - have);
        if (got == 0) {
            set_window(buffer_.get(), have);
            return false;
        }
        have += got;
    }
    set_window(buffer_.get(), have);
    return have >= count || grow(count);
}

}  // namespace fid::capture
