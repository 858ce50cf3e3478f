// SPDX-License-Identifier: MIT
#include "transport/pollable.h"

#include <fcntl.h>
#include <sys/stat.h>

namespace fid::transport {
namespace {

bool epoll_takes(int descriptor) {
    struct stat about{};
    if (fstat(descriptor, &about) != 0) return false;
    return !S_ISREG(about.st_mode) && !S_ISDIR(about.st_mode) && !S_ISBLK(about.st_mode);
}

}  // namespace

Pollable::Pollable(Executor executor, Descriptor descriptor) : Pollable(executor, descriptor.get(), true) {
    owned_ = std::move(descriptor);
}

Pollable Pollable::borrowed(Executor executor, int descriptor) { return Pollable(executor, descriptor, false); }

Pollable::Pollable(Executor executor, int descriptor, bool owned) : descriptor_(descriptor) {
    if (!epoll_takes(descriptor)) return;
    const int flags = fcntl(descriptor, F_GETFL);
    if ((flags & O_NONBLOCK) == 0) {
        fcntl(descriptor, F_SETFL, flags | O_NONBLOCK);
        if (!owned) former_flags_ = flags;
    }
    waiter_.emplace(executor);
    boost::system::error_code error;
    waiter_->assign(descriptor, error);
    // /dev/null and the like: epoll refuses them (EPERM), reading them never waits.
    if (error) waiter_.reset();
}

Pollable::Pollable(Pollable&& other) noexcept
    : owned_(std::move(other.owned_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      former_flags_(std::exchange(other.former_flags_, -1)),
      waiter_(std::move(other.waiter_)),
      stopped_(std::move(other.stopped_)) {
    other.waiter_.reset();
}

Pollable::~Pollable() {
    if (waiter_ && waiter_->is_open()) waiter_->release();  // deregisters; closing is owned_'s
    if (former_flags_ != -1) fcntl(descriptor_, F_SETFL, former_flags_);
}

Descriptor Pollable::release() {
    if (waiter_ && waiter_->is_open()) waiter_->release();
    waiter_.reset();
    descriptor_ = -1;
    return std::move(owned_);
}

Task<Result<void>> Pollable::wait(asio::posix::descriptor_base::wait_type what) {
    if (stopped_) co_return std::unexpected(*stopped_);
    if (!waiter_) co_return Result<void>();
    const auto [error] = co_await waiter_->async_wait(what, as_task);
    if (stopped_) co_return std::unexpected(*stopped_);
    if (error) co_return fail(Status::receive_failure, "cannot wait for", "the connection", error.message());
    co_return Result<void>();
}

Task<Result<void>> Pollable::readable() { return wait(asio::posix::descriptor_base::wait_read); }
Task<Result<void>> Pollable::writable() { return wait(asio::posix::descriptor_base::wait_write); }

void Pollable::stop(const Error& why) {
    if (!stopped_) stopped_ = why;
    boost::system::error_code ignored;
    if (waiter_) waiter_->cancel(ignored);
}

}  // namespace fid::transport
