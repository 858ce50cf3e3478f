// SPDX-License-Identifier: MIT
// Several logins at one server, kept for the next transfer.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "ftp/session.h"

namespace fid::ftp {

class Pool {
  public:
    /// Up to `most` sessions. `note` is told why there are fewer.
    Pool(transport::Executor executor, SessionSettings settings, std::size_t most,
         std::function<void(const std::string&)> note);
    ~Pool();
    Pool(const Pool&) = delete;
    Pool& operator=(const Pool&) = delete;

    /// A session that is free, or another one. Null where there is no more to be had: the server allows no more than
    /// are in use (421, or whatever it says to one more), which is then the new limit. The first one's failure is an
    /// error.
    [[nodiscard]] transport::Task<Result<std::unique_ptr<Session>>> take();
    /// Takes it back; a broken one is dropped.
    void give(std::unique_ptr<Session> session);
    /// Says goodbye to all that are free.
    [[nodiscard]] transport::Task<void> close();
    [[nodiscard]] std::size_t most() const { return most_; }
    [[nodiscard]] std::size_t in_use() const;

  private:
    struct Idle;
    transport::Executor executor_;
    SessionSettings settings_;
    std::size_t most_;
    std::function<void(const std::string&)> note_;
    std::shared_ptr<Features> features_ = std::make_shared<Features>();
    std::shared_ptr<Idle> idle_;
};

}  // namespace fid::ftp
