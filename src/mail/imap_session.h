// SPDX-License-Identifier: MIT
// One login at an IMAP server (RFC 3501, RFC 9051): connecting, TLS, commands and what they are answered with.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "mail/imap_response.h"
#include "transport/dial.h"

namespace fid::transport {
class Watchdog;
}

namespace fid::mail {

struct ImapSettings {
    Endpoint server;  ///< scheme imap or imaps
    std::string user;
    std::string password;
    bool clear = false;  ///< imap:// without STARTTLS: the password, too, can be read by everybody on the way
    transport::DialOptions dial;
    std::chrono::nanoseconds idle = std::chrono::seconds(60);    ///< for each answer; zero = any
    std::uint64_t most_bytes = std::uint64_t{64} * 1024 * 1024;  ///< of the literals of one response
    /// Told each command ('>') and each response ('<'), without literals; passwords are not.
    std::function<void(char, std::string_view)> trace;
};

/// A part of a command; a literal is sent when the server has agreed to it.
struct ImapPiece {
    std::string text;
    bool literal = false;
};

class ImapSession {
  public:
    /// Connects and logs in. Besides dial()'s errors: tls_handshake where there is no STARTTLS, protocol_violation,
    /// server_error where the server turns us away, login_refused.
    [[nodiscard]] static transport::Task<Result<std::unique_ptr<ImapSession>>> open(transport::Executor executor,
                                                                                    ImapSettings settings);
    ~ImapSession();
    ImapSession(const ImapSession&) = delete;
    ImapSession& operator=(const ImapSession&) = delete;

    [[nodiscard]] bool can(std::string_view capability) const;

    /// Gets what the server tells before it answers.
    using Told = std::function<void(ImapResponse&)>;
    /// Sends a command and waits for its answer, whatever that is.
    [[nodiscard]] transport::Task<Result<ImapResponse>> command(std::string line, Told told);
    /// Several in one write; their answers in the same order.
    [[nodiscard]] transport::Task<Result<std::vector<ImapResponse>>> commands(std::vector<std::string> lines,
                                                                              Told told);
    /// Says goodbye and waits for the server's.
    [[nodiscard]] transport::Task<void> logout();

  private:
    ImapSession(transport::Executor executor, ImapSettings settings);

    transport::Task<Result<void>> start();
    transport::Task<Result<void>> encrypt();
    transport::Task<Result<void>> protect();
    transport::Task<Result<void>> learn();
    transport::Task<Result<void>> log_in();
    transport::Task<Result<ImapResponse>> exchange(std::vector<ImapPiece> pieces, std::string shown, Told told);
    transport::Task<Result<ImapResponse>> answer(std::string tag, Told told);
    transport::Task<Result<ImapResponse>> response();
    transport::Task<Result<void>> send(std::string bytes);
    [[nodiscard]] std::string next_tag();
    void note_capabilities(std::string_view words);
    void notice(const ImapResponse& response);

    transport::Executor executor_;
    ImapSettings settings_;
    transport::Connection connection_;
    std::shared_ptr<transport::Watchdog> watchdog_;
    ImapReader reader_;
    std::vector<std::string> capabilities_;
    unsigned tags_ = 0;
    bool broken_ = false, preauthenticated_ = false;
    std::vector<std::uint8_t> arrived_;
};

/// The answer as an error, with the server's words.
[[nodiscard]] Error imap_refusal(std::string attempt, std::string subject, const ImapResponse& answer);

}  // namespace fid::mail
