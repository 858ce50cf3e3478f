// SPDX-License-Identifier: MIT
// A mail server that takes everything and passes nothing on: its listeners, a loop and a thread for each core, its end.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "mail/eml_folder.h"
#include "mail/smtp_server.h"
#include "transport/listen.h"
#include "transport/welcome.h"

namespace fid::mail {

/// A message that was taken.
struct Arrival {
    const Letter& letter;
    std::uint64_t number;      ///< of this run's messages, from 1
    std::uint64_t connection;  ///< that it came on, from 1
    const std::string& listener;
    const transport::SocketAddress& peer;
    std::string_view tls;   ///< "TLSv1.3"; "" = in the clear
    std::string_view file;  ///< its name in the folder; "" = it was not kept
};

struct SinkOptions {
    std::vector<Endpoint> endpoints;  ///< of smtp ("" too), smtps, tcp, tls and unix
    transport::ListenOptions listen;
    transport::WelcomeOptions welcome;  ///< with who we are, where STARTTLS is offered or a listener speaks TLS
    SmtpServerSettings smtp;
    unsigned loops = 1;
    std::size_t most_connections = 1000;                       ///< of all loops together; more are closed at once
    std::uint64_t most_messages = 0;                           ///< after which it ends; 0 = never
    std::chrono::nanoseconds idle = std::chrono::minutes(5);   ///< without a byte; zero = any
    std::chrono::nanoseconds grace = std::chrono::seconds(5);  ///< for messages that are under way at the end
    const EmlFolder* folder = nullptr;                         ///< where messages are kept; null: nowhere

    // Told by any thread.
    std::function<void(const Arrival&)> arrived;
    std::function<void(const Error&)> trouble;  ///< a message could not be kept
    /// Told of each listener, with its URL, before anybody is served.
    std::function<void(const transport::Listener&, const std::string& url)> listening;
    int end_descriptor = -1;  ///< ends the sink once it becomes readable
};

struct SinkCount {
    std::uint64_t connections = 0, messages = 0, bytes = 0;
    std::uint64_t cut = 0;   ///< messages that had begun when their connection ended
    std::uint64_t shed = 0;  ///< connections turned away since there were too many
};

/// Serves until it is told to end; messages under way are finished. Status as of listen().
[[nodiscard]] Result<SinkCount> run_sink(SinkOptions options);

}  // namespace fid::mail
