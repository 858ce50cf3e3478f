// SPDX-License-Identifier: MIT
#include "transport/resp_stream.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace fid::transport {
namespace {

std::string lower(std::string_view text) {
    std::string small(text);
    std::ranges::transform(small, small.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
    return small;
}

/// Commands whose answers come as messages to a subscriber, more or fewer than one for each.
bool is_subscription(std::string_view command) { return command.ends_with("subscribe"); }

/// In version 2 what a subscriber gets is an array like any other.
bool is_message(const RespValue& reply) {
    constexpr std::array<std::string_view, 3> words{"message", "pmessage", "smessage"};
    if (reply.kind == RespValue::Kind::push) return true;
    if (reply.kind != RespValue::Kind::array || reply.items.size() < 3) return false;
    const std::string& word = reply.items.front().text;
    return is_subscription(word) || std::ranges::find(words, word) != words.end();
}

class RespStream final : public Stream {
  public:
    RespStream(StreamPtr below, Executor executor, RespOptions options)
        : below_(std::move(below)), options_(std::move(options)), answered_(executor), block_(block_bytes) {}

    Task<Result<Chunk>> read(std::span<std::uint8_t> into) override {
        while (given_ == line_.size()) {
            auto next = reader_.next();
            if (next && *next) {
                take(std::move(**next));
                break;
            }
            if (!next) {
                end();
                co_return std::unexpected(std::move(next.error()));
            }
            auto chunk = co_await below_->read(block_);
            if (chunk && !chunk->end) {
                reader_.feed(Bytes(block_).first(chunk->size));
                continue;
            }
            end();
            if (!chunk) co_return chunk;
            if (auto whole = reader_.end(); !whole) co_return std::unexpected(std::move(whole.error()));
            co_return chunk;
        }
        Chunk chunk;
        chunk.size = std::min(into.size(), line_.size() - given_);
        std::copy_n(line_.view().begin() + static_cast<std::ptrdiff_t>(given_), chunk.size, into.begin());
        given_ += chunk.size;
        chunk.more = given_ != line_.size();
        co_return chunk;
    }

    Task<Result<void>> write(Bytes line) override {
        auto words = split_resp_command(as_text(line));
        if (!words && options_.refused) {
            options_.refused(words.error());
            co_return Result<void>();
        }
        if (!words) co_return std::unexpected(std::move(words.error()));
        if (words->empty()) co_return Result<void>();
        note_command(*words);
        out_.clear();
        put_resp_command(*words, out_);
        auto written = co_await below_->write(out_);
        co_return written;
    }

    Task<Result<void>> finish() override {
        while (options_.await_replies && !ended_ && (listening_ || awaited_ != 0)) {
            answered_.expires_at(Timer::time_point::max());
            co_await answered_.async_wait(as_task);
        }
        auto finished = co_await below_->finish();
        co_return finished;
    }

    Task<Result<void>> conclude() override { return below_->conclude(); }
    void stop(const Error& why) override {
        end();
        below_->stop(why);
    }
    [[nodiscard]] bool keeps_boundaries() const override { return true; }
    [[nodiscard]] Ending ending() const override { return below_->ending(); }
    [[nodiscard]] std::string_view name() const override { return below_->name(); }
    [[nodiscard]] report::Value last_reply() const { return resp_json(reply_); }

  private:
    static constexpr std::size_t block_bytes = std::size_t{128} * 1024;

    void note_command(const std::vector<std::string>& words) {
        const std::string command = lower(words.front());
        if (is_subscription(command)) {
            subscriber_ = true;
            listening_ = listening_ || !command.contains("unsubscribe");
            return;
        }
        if (command == "monitor") listening_ = true;
        // CLIENT REPLY OFF and SKIP: which commands are answered from now on is not for us to follow.
        if (command == "client" && words.size() > 1 && lower(words[1]) == "reply") options_.await_replies = false;
        ++awaited_;
    }

    void take(RespValue reply) {
        const bool unasked = reply.kind == RespValue::Kind::push || (subscriber_ && is_message(reply));
        if (!unasked && awaited_ != 0) {
            --awaited_;
            if (awaited_ == 0) answered_.cancel();
        }
        reply_ = std::move(reply);
        line_.clear();
        given_ = 0;
        put_resp_text(reply_, line_);
        // A message has bytes, or reading would not know that it is one.
        if (line_.empty()) line_.put("\"\"");
    }

    void end() {
        ended_ = true;
        answered_.cancel();
    }

    StreamPtr below_;
    RespOptions options_;
    Timer answered_;  ///< cancelled when the last reply has come, or none will
    std::vector<std::uint8_t> block_, out_;
    RespReader reader_;
    RespValue reply_;
    Text line_;                ///< it, as text
    std::size_t given_ = 0;    ///< of the line
    std::size_t awaited_ = 0;  ///< replies
    bool subscriber_ = false, listening_ = false, ended_ = false;
};

}  // namespace

RespConnection make_resp_stream(StreamPtr below, Executor executor, RespOptions options) {
    auto stream = std::make_unique<RespStream>(std::move(below), executor, std::move(options));
    RespConnection made;
    made.last_reply = [raw = stream.get()] { return raw->last_reply(); };
    made.stream = std::move(stream);
    return made;
}

}  // namespace fid::transport
