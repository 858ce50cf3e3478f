// SPDX-License-Identifier: MIT
#include "cmd/connect/interactive.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <cstdlib>
#include <utility>
#include <vector>

#include "cmd/connect/editor.h"
#include "cmd/connect/history.h"
#include "cmd/connect/transcript.h"
#include "report/terminal_mode.h"
#include "transport/descriptor.h"
#include "transport/local_stream.h"

namespace fid::cmd::connect {
namespace {

using report::TerminalMode;
using transport::Chunk;
using transport::Descriptor;
using transport::Executor;
using transport::Task;
using transport::Timer;

/// The terminal opened once more: that it does not block is then nobody else's affair, whatever end we come to.
Descriptor open_terminal() {
    std::array<char, 256> path{};
    if (ttyname_r(STDIN_FILENO, path.data(), path.size()) != 0) return {};
    return Descriptor(open(path.data(), O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK));
}

/// Can the terminal move its cursor?
bool can_edit() {
    const char* const kind = std::getenv("TERM");
    return kind != nullptr && *kind != '\0' && std::string_view(kind) != "dumb";
}

class TerminalSide final : public Interactive, public std::enable_shared_from_this<TerminalSide> {
  public:
    TerminalSide(Executor executor, InteractiveOptions options, Descriptor terminal)
        : executor_(executor),
          options_(options),
          edit_(options.edit && can_edit()),
          terminal_(std::move(terminal)),
          input_(terminal_.valid() ? terminal_.get() : STDIN_FILENO),
          stream_(transport::make_local_stream(executor, input_, terminal_.valid() ? input_ : STDOUT_FILENO,
                                               "the terminal")),
          mode_(input_),
          history_(options.history && edit_ ? History::usual_path() : std::string()),
          turn_(executor),
          resumed_(executor),
          signals_(executor),
          block_(block_bytes) {
        editor_.set_history(history_.read());
        editor_.set_escape(options.escape);
        measure();
        set_mode();
    }

    void begin() {
        signals_.add(SIGWINCH);
        signals_.add(SIGCONT);
        auto watching = watch_signals(shared_from_this());
        transport::asio::co_spawn(executor_, std::move(watching), transport::asio::detached);
    }

    transport::StreamPtr stream() override;

    Task<Result<Chunk>> read(std::span<std::uint8_t> into) {
        while (typed_.empty()) {
            if (ended_) {
                const Chunk end{.size = 0, .end = true};
                co_return end;
            }
            if (keys_.empty()) {
                auto chunk = co_await stream_->read(block_);
                if (!chunk) co_return chunk;
                if (chunk->end) ended_ = true;
                keys_.assign(as_text(Bytes(block_).first(chunk->size)));
            }
            take_keys();
            auto shown = co_await flush();
            if (!shown) co_return std::unexpected(std::move(shown.error()));
            if (std::exchange(suspending_, false)) kill(0, SIGTSTP);
        }
        Chunk chunk;
        // Line by line, as a terminal gives them: of a datagram's peer each is a message.
        const std::size_t line = typing_ == Typing::character ? std::string::npos : typed_.find('\n');
        chunk.size = std::min(into.size(), line == std::string::npos ? typed_.size() : line + 1);
        std::copy_n(typed_.begin(), chunk.size, into.begin());
        typed_.erase(0, chunk.size);
        co_return chunk;
    }

    Task<Result<void>> write(Bytes bytes) {
        while (commanding_ && typing_ == Typing::character && !stopped_) {
            resumed_.expires_at(Timer::time_point::max());
            co_await resumed_.async_wait(transport::as_task);
        }
        if (passes()) {
            screen_.put(as_text(bytes));
        } else {
            Text lines;
            transcript_.take(bytes, columns_, lines);
            print_above(lines.view());
        }
        auto shown = co_await flush();
        co_return shown;
    }

    void stop(const Error& why) {
        stopped_ = true;
        stream_->stop(why);
        turn_.cancel();
        resumed_.cancel();
    }

    void set_typing(Typing typing) override {
        if (typing == typing_) return;
        // What was begun as a line is keys now.
        if (typing == Typing::character && typing_ != Typing::character) {
            typed_ += editor_.take();
            transcript_.end_line();
        }
        typing_ = typing;
        editor_.set_hidden(typing == Typing::secret);
        set_mode();
        redraw();
        flush_soon();
    }
    void on_command(std::function<Reply(std::string_view)> handler) override { command_ = std::move(handler); }
    void on_resize(std::function<void(unsigned, unsigned)> handler) override {
        resized_ = std::move(handler);
        resized_(static_cast<unsigned>(columns_), static_cast<unsigned>(rows_));
    }
    void announce(std::string_view line) override {
        Text text;
        text.escaped(line);
        text.put('\n');
        print_above(text.view());
        flush_soon();
    }

    void close() override {
        if (std::exchange(closed_, true)) return;
        command_ = {};
        resized_ = {};
        boost::system::error_code ignored;
        signals_.cancel(ignored);
        // What follows, the shell's prompt, begins a row of its own.
        const bool in_row = !passes() && (!transcript_.empty() || !editor_.empty() || commanding_);
        mode_.set(TerminalMode::Kind::former);
        if (in_row) [[maybe_unused]]
            const ssize_t written = ::write(input_, "\r\n", 2);
        history_.save();
    }

  private:
    static constexpr std::size_t block_bytes = 4096;

    /// Are bytes shown as they come?
    [[nodiscard]] bool passes() const { return typing_ == Typing::character || !edit_; }
    /// The editor that keys go to, if they go to one.
    [[nodiscard]] bool editing() const { return edit_ && (commanding_ || typing_ != Typing::character); }

    void set_mode() {
        if (editing() || commanding_)
            mode_.set(TerminalMode::Kind::editing);
        else
            mode_.set(typing_ == Typing::character ? TerminalMode::Kind::raw : TerminalMode::Kind::former);
    }

    void measure() {
        winsize size{};
        if (::ioctl(input_, TIOCGWINSZ, &size) != 0) return;
        columns_ = size.ws_col != 0 ? size.ws_col : 80;
        rows_ = size.ws_row != 0 ? size.ws_row : 24;
    }

    void take_keys() {
        while (!keys_.empty()) {
            if (commanding_)
                take_command_keys();
            else if (edit_ && typing_ != Typing::character)
                take_line_keys();
            else
                take_plain_keys();
        }
    }

    void take_plain_keys() {
        const std::size_t at = options_.escape ? keys_.find(static_cast<char>(*options_.escape)) : std::string::npos;
        typed_ += keys_.substr(0, at);
        keys_.erase(0, at == std::string::npos ? keys_.size() : at + 1);
        if (at != std::string::npos) begin_command();
    }

    void take_line_keys() {
        const LineEditor::Step step = editor_.feed(keys_);
        keys_.erase(0, step.used);
        switch (step.done) {
            case LineEditor::Done::line:
                take_line();
                break;
            case LineEditor::Done::end:
                ended_ = true;
                keys_.clear();
                break;
            case LineEditor::Done::escape:
                begin_command();
                break;
            case LineEditor::Done::clear:
                screen_.put("\x1b[H\x1b[2J");
                break;
            case LineEditor::Done::nothing:
                break;
        }
        redraw();
    }

    void take_line() {
        editor_.draw_whole(transcript_.begun(), screen_);
        screen_.put("\r\n");
        transcript_.end_line();
        const std::string line = editor_.take();
        typed_ += line;
        typed_ += '\n';
        if (typing_ == Typing::secret) return;
        editor_.remember(line);
        history_.add(line);
    }

    void begin_command() {
        if (!edit_ && !can_edit()) return;
        commanding_ = true;
        set_mode();
        screen_.put(typing_ == Typing::character ? "\r\n" : "\r\x1b[K");
        redraw();
    }

    void take_command_keys() {
        const LineEditor::Step step = commands_.feed(keys_);
        keys_.erase(0, step.used);
        if (step.done == LineEditor::Done::nothing || step.done == LineEditor::Done::clear) {
            redraw();
            return;
        }
        commands_.draw_whole(options_.prompt, screen_);
        screen_.put("\r\n");
        const std::string line = commands_.take();
        commands_.remember(line);
        if (step.done == LineEditor::Done::line && command_) {
            const Reply reply = command_(line);
            put_lines(reply.text);
            suspending_ = reply.suspend;
        }
        commanding_ = false;
        set_mode();
        resumed_.cancel();
        redraw();
    }

    /// Lines of the peer's or our own, and the row with the cursor anew below them.
    void print_above(std::string_view lines) {
        if (editing() && !lines.empty()) screen_.put("\r\x1b[K");
        put_lines(lines);
        redraw();
    }

    /// With line ends that are good for a raw terminal, too.
    void put_lines(std::string_view lines) {
        for (const char c : lines) {
            if (c == '\n') screen_.put('\r');
            screen_.put(c);
        }
    }

    void redraw() {
        if (!editing() || closed_) return;
        if (commanding_)
            commands_.draw(options_.prompt, options_.prompt.size(), columns_, screen_);
        else
            editor_.draw(transcript_.begun(), transcript_.begun_columns(), columns_, screen_);
    }

    /// Writes what is to be seen, one writer at a time.
    Task<Result<void>> flush() {
        while (flushing_ && !stopped_) {
            turn_.expires_at(Timer::time_point::max());
            co_await turn_.async_wait(transport::as_task);
        }
        flushing_ = true;
        Result<void> done;
        while (done && !screen_.empty()) {
            const std::string text = screen_.take();
            screen_.clear();
            done = co_await stream_->write(as_bytes(text));
        }
        flushing_ = false;
        turn_.cancel();
        co_return done;
    }
    static Task<void> flush_later(std::shared_ptr<TerminalSide> side) { (void)co_await side->flush(); }
    void flush_soon() {
        if (screen_.empty() || flushing_ || closed_) return;
        auto flushing = flush_later(shared_from_this());
        transport::asio::co_spawn(executor_, std::move(flushing), transport::asio::detached);
    }

    static Task<void> watch_signals(std::shared_ptr<TerminalSide> side) {
        while (!side->closed_) {
            const auto [error, number] = co_await side->signals_.async_wait(transport::as_task);
            if (error || side->closed_) co_return;
            if (number == SIGCONT) side->mode_.renew();
            side->measure();
            if (side->resized_)
                side->resized_(static_cast<unsigned>(side->columns_), static_cast<unsigned>(side->rows_));
            side->redraw();
            side->flush_soon();
        }
    }

    Executor executor_;
    InteractiveOptions options_;
    bool edit_;
    Descriptor terminal_;
    int input_;
    transport::StreamPtr stream_;
    TerminalMode mode_;
    History history_;
    LineEditor editor_, commands_;
    Transcript transcript_;
    Timer turn_;     ///< cancelled whenever the screen may be written
    Timer resumed_;  ///< cancelled when a command of ours is done, which the peer's screen waits for
    transport::asio::basic_signal_set<Executor> signals_;
    std::vector<std::uint8_t> block_;
    std::string keys_;   ///< read, not looked at yet
    std::string typed_;  ///< for the peer
    Text screen_;        ///< for the terminal
    std::function<Reply(std::string_view)> command_;
    std::function<void(unsigned, unsigned)> resized_;
    std::size_t columns_ = 80, rows_ = 24;
    Typing typing_ = Typing::line;
    bool commanding_ = false, suspending_ = false, ended_ = false, flushing_ = false, stopped_ = false, closed_ = false;
};

class UserStream final : public transport::Stream {
  public:
    explicit UserStream(std::shared_ptr<TerminalSide> side) : side_(std::move(side)) {}
    Task<Result<Chunk>> read(std::span<std::uint8_t> into) override { return side_->read(into); }
    Task<Result<void>> write(Bytes bytes) override { return side_->write(bytes); }
    Task<Result<void>> finish() override { co_return Result<void>(); }
    void stop(const Error& why) override { side_->stop(why); }
    [[nodiscard]] std::string_view name() const override { return "the terminal"; }

  private:
    std::shared_ptr<TerminalSide> side_;
};

transport::StreamPtr TerminalSide::stream() { return std::make_unique<UserStream>(shared_from_this()); }

}  // namespace

bool is_interactive() {
    struct stat in{}, out{};
    return isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1 && fstat(STDIN_FILENO, &in) == 0 &&
           fstat(STDOUT_FILENO, &out) == 0 && in.st_rdev == out.st_rdev;
}

std::shared_ptr<Interactive> Interactive::make(Executor executor, InteractiveOptions options) {
    auto side = std::make_shared<TerminalSide>(executor, options, open_terminal());
    side->begin();
    return side;
}

}  // namespace fid::cmd::connect
