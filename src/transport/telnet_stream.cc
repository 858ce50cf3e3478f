// SPDX-License-Identifier: MIT
#include "transport/telnet_stream.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <utility>

#include "transport/turn.h"

namespace fid::transport {
namespace {

constexpr std::size_t block_bytes = std::size_t{64} * 1024;
/// Answers are as long as what asks for them, TERMINAL-TYPE's apart. Who asks so much without reading is not answered.
constexpr std::size_t most_answers = std::size_t{256} * 1024;

}  // namespace

struct TelnetStream::Core {
    Core(Executor loop, StreamPtr stream, TelnetProfile profile, Telnet::Note note)
        : executor(loop),
          below(std::move(stream)),
          telnet(std::move(profile), std::move(note)),
          turn(loop),
          block(block_bytes) {}

    /// The turn is ours.
    Task<Result<void>> send_answers() {
        while (!telnet.answers().empty() && !finished) {
            const auto answers = std::exchange(telnet.answers(), {});
            auto written = co_await below->write(answers);
            if (!written) co_return written;
        }
        co_return Result<void>();
    }
    /// A failure is seen by whoever reads or writes next.
    static Task<void> send_answers_later(std::shared_ptr<Core> core) {
        co_await core->turn.take();
        (void)co_await core->send_answers();
        core->turn.give();
    }
    /// The reader does not wait for it: a peer that does not read before it has sent all must not stop us from reading.
    static void answer(const std::shared_ptr<Core>& core) {
        if (core->telnet.answers().empty() || core->turn.taken() || core->finished) return;
        auto sending = send_answers_later(core);
        asio::co_spawn(core->executor, std::move(sending), asio::detached);
    }
    /// Said when what was read before has been written somewhere: at the next read.
    void tell_mode() {
        const auto now = std::pair(telnet.character_mode(), telnet.remote_echo());
        if (std::exchange(told_mode, now) != now && mode_changed) mode_changed();
    }

    Executor executor;
    StreamPtr below;
    Telnet telnet;
    Turn turn;  ///< to write: a command must not stand within another
    bool finished = false, ended = false;
    std::vector<std::uint8_t> block, data, wire;
    Bytes unread;           ///< of the block
    std::size_t given = 0;  ///< of the data
    std::function<void()> mode_changed;
    std::pair<bool, bool> told_mode{false, false};
};

TelnetStream::TelnetStream(Executor executor, StreamPtr below, TelnetProfile profile, Telnet::Note note)
    : core_(std::make_shared<Core>(executor, std::move(below), std::move(profile), std::move(note))) {}

/// Answers that are still to be sent must not wait for a peer that nobody listens to any more.
TelnetStream::~TelnetStream() {
    core_->mode_changed = {};
    core_->finished = true;
    stop(Error{Status::success, "the session is over", {}, {}, {}});
}

Task<Result<Chunk>> TelnetStream::read(std::span<std::uint8_t> into) {
    Core& core = *core_;
    while (core.given == core.data.size()) {
        core.tell_mode();
        core.data.clear();
        core.given = 0;
        if (core.ended) {
            const Chunk end{.size = 0, .end = true};
            co_return end;
        }
        if (core.unread.empty()) {
            auto chunk = co_await core.below->read(core.block);
            if (!chunk) co_return chunk;
            core.unread = Bytes(core.block).first(chunk->size);
            core.ended = chunk->end;
            if (core.ended) core.telnet.receive_end(core.data);
        }
        core.unread = core.unread.subspan(core.telnet.receive(core.unread, core.data));
        if (core.telnet.answers().size() > most_answers)
            co_return fail(Status::protocol_violation, "telnet was misused by", std::string(name()),
                           "it asks on and on and does not read the answers");
        Core::answer(core_);
        // A block of nothing but commands: others on the loop get a turn, not least who sends the answers.
        if (core.data.empty()) co_await asio::post(core.executor, as_task);
    }
    Chunk chunk;
    chunk.size = std::min(into.size(), core.data.size() - core.given);
    std::copy_n(core.data.begin() + static_cast<std::ptrdiff_t>(core.given), chunk.size, into.begin());
    core.given += chunk.size;
    co_return chunk;
}

Task<Result<void>> TelnetStream::write(Bytes bytes) {
    Core& core = *core_;
    co_await core.turn.take();
    core.wire.clear();
    core.telnet.send(bytes, core.wire);
    auto written = co_await core.below->write(core.wire);
    if (written) written = co_await core.send_answers();
    core.turn.give();
    co_return written;
}

Task<Result<void>> TelnetStream::finish() {
    Core& core = *core_;
    co_await core.turn.take();
    core.wire.clear();
    core.telnet.send_end(core.wire);
    Result<void> done;
    if (!core.wire.empty()) done = co_await core.below->write(core.wire);
    if (done) done = co_await core.below->finish();
    core.finished = true;
    core.turn.give();
    co_return done;
}

Task<Result<void>> TelnetStream::conclude() { return core_->below->conclude(); }

void TelnetStream::stop(const Error& why) {
    core_->below->stop(why);
    core_->turn.wake();
}

std::string_view TelnetStream::name() const { return core_->below->name(); }
const Telnet& TelnetStream::protocol() const { return core_->telnet; }
void TelnetStream::on_mode(std::function<void()> changed) { core_->mode_changed = std::move(changed); }

void TelnetStream::resize(unsigned columns, unsigned rows) {
    core_->telnet.resize(columns, rows);
    Core::answer(core_);
}

void TelnetStream::command(TelnetCommand command) {
    core_->telnet.command(command);
    Core::answer(core_);
}

void TelnetStream::choose_mode(bool characters) {
    core_->telnet.choose_mode(characters);
    Core::answer(core_);
    core_->tell_mode();
}

}  // namespace fid::transport
