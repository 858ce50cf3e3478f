// SPDX-License-Identifier: MIT
// One login at an FTP server: the control connection, its commands and replies, and the data connections it opens.
#pragma once

#include <openssl/types.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ftp/features.h"
#include "ftp/reply.h"
#include "transport/dial.h"

namespace fid::transport {
class Watchdog;
}

namespace fid::ftp {

enum class TlsUse : std::uint8_t {
    automatic,  ///< AUTH TLS is tried; a server that refuses it gets no password, only an anonymous login
    required,   ///< AUTH TLS or nothing
    implicit,   ///< TLS from the first byte on
    none,       ///< in the clear, the password too
};

struct SessionSettings {
    Endpoint server;  ///< scheme ftp or ftps
    std::string user = "anonymous", password = "anonymous@";
    TlsUse tls = TlsUse::automatic;
    bool active = false;      ///< the server connects to us
    bool sequential = false;  ///< wait for each reply before the next command
    transport::DialOptions dial;
    std::chrono::nanoseconds idle = std::chrono::seconds(60);  ///< for each reply and each piece of data; zero = any
    /// Told each command ('>') and each line of a reply ('<'); passwords are not.
    std::function<void(char, std::string_view)> trace;

    [[nodiscard]] bool anonymous() const { return user == "anonymous" || user == "ftp"; }
};

/// A transfer as it is asked for.
struct DataRequest {
    std::vector<std::string> before;  ///< commands on the way, whose replies stand in DataOpened
    std::string command;              ///< "RETR /pub/a"
    std::uint64_t offset = 0;         ///< REST
};

struct DataOpened {
    std::vector<Reply> before;
    Reply reply;  ///< 125 or 150
};

class Session {
  public:
    /// Connects, agrees on TLS, logs in, and learns what the server can do, unless `features` tell already. Besides
    /// dial()'s errors: login_refused, tls_handshake where TLS was refused and is needed, server_error.
    [[nodiscard]] static transport::Task<Result<std::unique_ptr<Session>>> open(transport::Executor executor,
                                                                                SessionSettings settings,
                                                                                std::shared_ptr<Features> features);
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    [[nodiscard]] const Features& features() const { return *features_; }
    [[nodiscard]] const SessionSettings& settings() const { return settings_; }
    [[nodiscard]] bool encrypted() const { return control_.tls.has_value(); }
    /// Nothing more can be asked of it.
    [[nodiscard]] bool broken() const { return broken_; }
    /// The server's path of an address's: from the directory one is in after login.
    [[nodiscard]] std::string absolute(std::string_view path) const;
    [[nodiscard]] bool knows_home() const { return !home_.empty(); }
    /// LIST -a is understood; found out by the first listing.
    std::optional<bool> lists_all;

    /// Sends a command and waits for its reply, preliminary ones not counted. Any reply is a success.
    [[nodiscard]] transport::Task<Result<Reply>> command(std::string line);
    /// Several in one write, unless the session is sequential: their replies in the same order.
    [[nodiscard]] transport::Task<Result<std::vector<Reply>>> commands(std::vector<std::string> lines);

    /// Opens a data connection for a command. Status server_error where the server refuses; the session goes on.
    [[nodiscard]] transport::Task<Result<DataOpened>> open_data(DataRequest request);
    /// The next bytes of it; 0 at its end. Status truncated where TLS was cut.
    [[nodiscard]] transport::Task<Result<std::size_t>> read_data(std::span<std::uint8_t> into);
    [[nodiscard]] transport::Task<Result<void>> write_data(Bytes bytes);
    /// Ends the data connection and waits for what the server says to the transfer. Status truncated (426) or
    /// server_error where it failed.
    [[nodiscard]] transport::Task<Result<void>> close_data();
    /// Gives the transfer up (ABOR); the session may be used afterwards unless it is broken().
    [[nodiscard]] transport::Task<void> abort_data();
    /// Says goodbye without waiting for the answer.
    [[nodiscard]] transport::Task<void> quit();

  private:
    Session(transport::Executor executor, SessionSettings settings, std::shared_ptr<Features> features);

    transport::Task<Result<void>> start();
    transport::Task<Result<void>> protect();
    transport::Task<Result<void>> log_in();
    transport::Task<Result<void>> learn();
    transport::Task<Result<void>> send(std::string lines);
    transport::Task<Result<Reply>> reply();
    transport::Task<Result<Reply>> final_reply();
    transport::Task<Result<void>> encrypt(transport::Connection& connection, bool data);
    transport::Task<Result<DataOpened>> try_data(const DataRequest& request);
    transport::Task<Result<DataOpened>> try_pipelined(const DataRequest& request);
    transport::Task<Result<std::uint16_t>> passive();
    transport::Task<Result<Reply>> ask_for_data(const DataRequest& request);
    transport::Task<Result<void>> connect_data(std::uint16_t port);
    transport::Task<Result<DataOpened>> try_active(const DataRequest& request);
    transport::Task<Result<void>> tell_address(const class ActiveListener& listener);
    Error lost(Error error);

    transport::Executor executor_;
    SessionSettings settings_;
    std::shared_ptr<Features> features_;
    transport::Connection control_;
    std::optional<transport::Connection> data_;
    std::shared_ptr<transport::Watchdog> watchdog_;
    ReplyReader replies_;
    std::string home_;
    bool broken_ = false;
    bool protected_data_ = false;  ///< PROT P was confirmed
    bool extended_ = true;         ///< EPSV and EPRT are understood
    bool learnt_passive_ = false;  ///< EPSV has worked: the command may go with it in one write
    bool offer_session_ = true;    ///< data connections resume the control connection's TLS session
    std::vector<std::uint8_t> arrived_;
};

/// The reply as an error: status server_error, login_refused for 530.
[[nodiscard]] Error refusal(std::string attempt, std::string subject, const Reply& reply);

}  // namespace fid::ftp
