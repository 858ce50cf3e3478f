// SPDX-License-Identifier: MIT
// What the user asked `fid serve` for, read and checked.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "address/endpoint.h"
#include "cmd/command.h"
#include "transport/listen.h"
#include "transport/welcome.h"

namespace fid::cmd::serve {

/// Who does the work of a connection.
enum class Model : std::uint8_t {
    loop,     ///< all of them in as many threads as --loops says
    threads,  ///< a thread for each
    fork,     ///< a process for each
    single,   ///< one after another
};

/// How the server as a whole behaves, whatever it serves.
struct Plan {
    std::vector<Endpoint> endpoints;
    transport::ListenOptions listen;
    transport::WelcomeOptions welcome;
    Model model = Model::loop;
    unsigned loops = 1;
    std::size_t most = 10'000;                                ///< connections at the same time; more are closed at once
    std::uint64_t count = 0;                                  ///< connections after which it ends; 0 = never
    std::chrono::nanoseconds idle = std::chrono::minutes(5);  ///< zero = no limit
    std::chrono::nanoseconds grace = std::chrono::seconds(5);  ///< for those that there are, once told to end
};

/// The options of listening, for every form of the command.
[[nodiscard]] std::vector<Option> listen_options();
/// `port` is taken where the user names none, and 127.0.0.1 where there is no --listen. The TLS identity and the
/// recorder are not in it yet.
[[nodiscard]] Result<Plan> read_plan(const Arguments& args, std::uint16_t port);
/// --tls-cert, --tls-key or one that is made; nothing where no listener speaks TLS. Tells the fingerprint of what was
/// made.
[[nodiscard]] Result<void> prepare_tls(Context& context, Plan& plan);

}  // namespace fid::cmd::serve
