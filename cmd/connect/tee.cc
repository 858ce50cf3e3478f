// SPDX-License-Identifier: MIT
#include "cmd/connect/tee.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "cmd/connect/wrapped_stream.h"

namespace fid::cmd::connect {
namespace {

using transport::Chunk;
using transport::Task;

class TeeStream final : public WrappedStream {
  public:
    TeeStream(transport::StreamPtr below, std::vector<TeeFile> files)
        : WrappedStream(std::move(below)), files_(std::move(files)) {}

    Task<Result<Chunk>> read(std::span<std::uint8_t> into) override {
        auto chunk = co_await below().read(into);
        if (chunk && !chunk->end)
            if (auto kept = keep(&TeeWish::received, into.first(chunk->size)); !kept)
                co_return std::unexpected(std::move(kept.error()));
        co_return chunk;
    }
    Task<Result<void>> write(Bytes bytes) override {
        auto written = co_await below().write(bytes);
        if (written) written = keep(&TeeWish::sent, bytes);
        co_return written;
    }

  private:
    Result<void> keep(bool TeeWish::* direction, Bytes bytes) {
        for (const TeeFile& one : files_)
            if (one.wish.*direction)
                if (auto kept = put(one, bytes); !kept) return kept;
        return {};
    }

    static Result<void> put(const TeeFile& one, Bytes bytes) {
        while (!bytes.empty()) {
            const ssize_t count = ::write(one.file.get(), bytes.data(), bytes.size());
            if (count < 0 && errno == EINTR) continue;
            if (count < 0) return fail_errno(Status::cannot_write, "cannot write", one.wish.path, errno);
            bytes = bytes.subspan(static_cast<std::size_t>(count));
        }
        return {};
    }

    std::vector<TeeFile> files_;
};

}  // namespace

Result<TeeWish> read_tee(std::string_view text) {
    constexpr std::string_view sent = "sent=", received = "received=";
    TeeWish wish;
    if (text.starts_with(sent)) {
        wish.received = false;
        text.remove_prefix(sent.size());
    } else if (text.starts_with(received)) {
        wish.sent = false;
        text.remove_prefix(received.size());
    }
    if (text.empty() || text == "-")
        return fail(Status::usage, "--tee wants a file, not", "'" + std::string(text) + "'", {},
                    "--tee FILE, --tee sent=FILE, --tee received=FILE");
    wish.path = text;
    return wish;
}

Result<std::vector<TeeFile>> open_tees(const std::vector<TeeWish>& wishes) {
    constexpr mode_t mode = 0666;  // less the umask
    std::vector<TeeFile> files;
    for (const TeeWish& wish : wishes) {
        if (std::ranges::any_of(files, [&](const TeeFile& one) { return one.wish.path == wish.path; }))
            return fail(Status::usage, "--tee names a file twice:", wish.path, {}, "FILE alone gets both directions");
        transport::Descriptor file(open(wish.path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode));
        if (file.get() < 0) return fail_errno(Status::cannot_write, "cannot write", wish.path, errno);
        files.push_back({wish, std::move(file)});
    }
    return files;
}

transport::StreamPtr make_tee_stream(transport::StreamPtr below, std::vector<TeeFile> files) {
    return std::make_unique<TeeStream>(std::move(below), std::move(files));
}

}  // namespace fid::cmd::connect
