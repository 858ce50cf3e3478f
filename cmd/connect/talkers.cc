// SPDX-License-Identifier: MIT
#include "cmd/connect/talkers.h"

#include <fcntl.h>
#include <unistd.h>

#include <memory>
#include <utility>

#include "cmd/connect/events.h"
#include "cmd/connect/interactive.h"
#include "cmd/connect/telnet.h"
#include "cmd/connect/throttle.h"
#include "transport/framed_stream.h"
#include "transport/local_stream.h"

namespace fid::cmd::connect {
namespace {

/// The terminal, where the user sits at one and wants to talk through it.
std::shared_ptr<Interactive> make_interactive(Context& context, const Settings& settings,
                                              transport::Executor executor) {
    const bool lines = settings.edit && !settings.dial.websocket.binary;
    if (!context.out.plain_text() || settings.receive_only || settings.send_only || !is_interactive()) return nullptr;
    if (!lines && !settings.telnet) return nullptr;
    InteractiveOptions options;
    options.edit = settings.edit;
    options.history = settings.history;
    options.escape = settings.escape;
    options.prompt = "telnet> ";
    return Interactive::make(executor, options);
}

/// Whatever way the session ends, the terminal is as it was.
class Sitting {
  public:
    explicit Sitting(std::shared_ptr<Interactive> user) : user_(std::move(user)) {}
    Sitting(const Sitting&) = delete;
    Sitting& operator=(const Sitting&) = delete;
    ~Sitting() {
        if (user_) user_->close();
    }

  private:
    std::shared_ptr<Interactive> user_;
};

}  // namespace

transport::Task<Outcome> talk_to_user(Context& context, const Settings& settings, Peer& peer,
                                      std::shared_ptr<Interruption> interruption) {
    auto& connection = peer.connection;
    const auto executor = co_await transport::asio::this_coro::executor;
    const bool records = !context.out.plain_text();
    // On a terminal the dump of --hex stands for the bytes.
    const bool silent = records || (settings.flow.hex && context.out.terminal());
    const auto user = silent ? nullptr : make_interactive(context, settings, executor);
    const Sitting sitting(user);
    if (settings.telnet)
        connection.stream = start_telnet(context, settings, executor, std::move(connection.stream), user,
                                         [interruption] { interruption->stop(); });
    transport::Descriptor sink;
    transport::StreamPtr events;
    if (silent) sink = transport::Descriptor(open("/dev/null", O_WRONLY | O_CLOEXEC));
    if (records) {
        events = make_event_stream(*connection.stream, context.out, 0, peer.reply);
        context.out.write(describe_connected(settings.endpoint, connection, 0));
        context.out.flush();
    }
    transport::StreamPtr local;
    if (!user)
        local = transport::make_local_stream(executor, STDIN_FILENO, silent ? sink.get() : STDOUT_FILENO,
                                             "standard input or output");
    else
        local = user->stream();
    if (settings.by_lines()) local = transport::make_framed_stream(std::move(local), transport::Framing::line);
    // Each of what --delay stands between is a read of its own.
    if (settings.flow.delay != settings.flow.delay.zero() && !settings.by_lines())
        local = make_line_stream(std::move(local));
    transport::Stream& remote = records ? *events : *connection.stream;
    interruption->stop = [&remote, &here = *local] {
        here.stop(session_over());
        remote.stop(session_over());
    };
    auto talking = talk(executor, *local, remote, settings);
    const Outcome outcome = co_await std::move(talking);
    interruption->stop = [] {};
    if (records) context.out.write(describe_closed(settings, outcome));
    co_return outcome;
}

transport::Task<Outcome> talk_to_other(Context& context, const Settings& settings, Peer& peer, Peer& other,
                                       std::shared_ptr<Interruption> interruption) {
    const auto executor = co_await transport::asio::this_coro::executor;
    transport::StreamPtr events, other_events;
    if (!context.out.plain_text()) {
        events = make_event_stream(*peer.connection.stream, context.out, 1);
        other_events = make_event_stream(*other.connection.stream, context.out, 2);
        context.out.write(describe_connected(settings.endpoint, peer.connection, 1));
        context.out.write(describe_connected(*settings.to, other.connection, 2));
        context.out.flush();
    }
    transport::Stream& remote = events ? *events : *peer.connection.stream;
    transport::Stream& here = other_events ? *other_events : *other.connection.stream;
    interruption->stop = [&remote, &here] {
        here.stop(session_over());
        remote.stop(session_over());
    };
    auto talking = talk(executor, here, remote, settings);
    const Outcome outcome = co_await std::move(talking);
    interruption->stop = [] {};
    if (events) context.out.write(describe_closed(settings, outcome));
    co_return outcome;
}

}  // namespace fid::cmd::connect
