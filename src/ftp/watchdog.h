// SPDX-License-Identifier: MIT
// What a session waits for is stopped when nothing has come or gone for too long; and TLS sessions to resume.
#pragma once

#include <openssl/ssl.h>

#include <functional>
#include <memory>
#include <string>

#include "transport/stream.h"

namespace fid::ftp {

/// One operation at a time: begin() before it, end() after it. The timer is set once for many of them.
class Watchdog : public std::enable_shared_from_this<Watchdog> {
  public:
    /// `idle` zero: never.
    Watchdog(transport::Executor executor, std::chrono::nanoseconds idle, std::string server)
        : timer_(executor),
          idle_(std::chrono::duration_cast<transport::Clock::duration>(idle)),
          server_(std::move(server)) {}

    void begin(transport::Stream* stream) {
        stream_ = stream;
        if (idle_ == transport::Clock::duration::zero()) return;
        due_ = transport::Clock::now() + idle_;
        if (!set_) set();
    }
    void end() { stream_ = nullptr; }
    /// The loop may end: no timer keeps it.
    void close() {
        stream_ = nullptr;
        timer_.cancel();
    }

  private:
    void set() {
        set_ = true;
        timer_.expires_at(due_);
        timer_.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
            self->set_ = false;
            if (error || self->stream_ == nullptr) return;
            if (transport::Clock::now() < self->due_) return self->set();
            self->stream_->stop(
                {Status::timeout, "nothing comes from", self->server_, "timed out", "--idle TIME waits longer"});
        });
    }

    transport::Timer timer_;
    transport::Clock::duration idle_;
    transport::Clock::time_point due_;
    std::string server_;
    transport::Stream* stream_ = nullptr;
    bool set_ = false;
};

/// For TlsOptions::prepare: begins with the newest session that the server gave this connection. Servers want it to
/// know that both connections are the same client's (vsftpd's require_ssl_reuse).
[[nodiscard]] inline std::function<void(SSL&)> resume_session_of(SSL& control) {
    // A copy for each: OpenSSL takes the ticket of a connection that was cut for used up.
    const std::shared_ptr<SSL_SESSION> session(SSL_SESSION_dup(SSL_get_session(&control)), &SSL_SESSION_free);
    return [session](SSL& ssl) { SSL_set_session(&ssl, session.get()); };
}

}  // namespace fid::ftp
