// SPDX-License-Identifier: MIT
#include "transport/mp_auth.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <array>
#include <utility>

#include "transport/deadline.h"

namespace fid::transport {
namespace {

constexpr std::string_view challenge_word = "#CHALLENGE#", welcome_word = "#WELCOME#", failure_word = "#FAILURE#";
constexpr std::size_t old_challenge_bytes = 20, old_answer_bytes = 16, new_challenge_bytes = 40;

struct Digest {
    std::string_view name;
    const EVP_MD* (*algorithm)();
};
constexpr std::array<Digest, 5> digests{{{"md5", EVP_md5},
                                         {"sha256", EVP_sha256},
                                         {"sha384", EVP_sha384},
                                         {"sha3_256", EVP_sha3_256},
                                         {"sha3_384", EVP_sha3_384}}};

const Digest& old_digest() { return digests.front(); }

/// The digest that "{sha256}..." names.
const Digest* named_digest(std::string_view text) {
    if (!text.starts_with('{')) return nullptr;
    for (const Digest& digest : digests)
        if (text.substr(1).starts_with(digest.name) && text.substr(1 + digest.name.size()).starts_with('}'))
            return &digest;
    return nullptr;
}

std::string hmac(const Digest& digest, std::string_view key, std::string_view text) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> code{};
    unsigned size = 0;
    const Bytes bytes = as_bytes(text);
    if (HMAC(digest.algorithm(), key.data(), static_cast<int>(key.size()), bytes.data(), bytes.size(), code.data(),
             &size) == nullptr)
        return {};
    return std::string(as_text(Bytes(code).first(size)));
}

std::string prefix_of(const Digest& digest) { return "{" + std::string(digest.name) + "}"; }

bool same(std::string_view one, std::string_view other) {
    return one.size() == other.size() && CRYPTO_memcmp(one.data(), other.data(), one.size()) == 0;
}

class Dialogue {
  public:
    Dialogue(Stream& messages, std::string key, std::chrono::nanoseconds timeout)
        : messages_(messages), key_(std::move(key)), timeout_(timeout) {}

    Task<Result<void>> run() {
        const auto executor = co_await asio::this_coro::executor;
        const StreamDeadline deadline(executor, messages_, timeout_, [this] { return late(); });
        auto answering = answer_challenge();
        auto done = co_await std::move(answering);
        if (done) {
            auto delivering = deliver_challenge();
            done = co_await std::move(delivering);
        }
        co_return done;
    }

  private:
    [[nodiscard]] Error late() const {
        if (!challenged_) return violation("it sent no challenge in time").error();
        return Error{Status::timeout, "no agreement on the key with", std::string(messages_.name()), "timed out", {}};
    }

    [[nodiscard]] std::unexpected<Error> violation(std::string cause) const {
        return fail(Status::protocol_violation, "no agreement on the key with", std::string(messages_.name()),
                    std::move(cause),
                    "has the listener of multiprocessing an authkey? without one, leave out "
                    "--auth-key-file");
    }
    [[nodiscard]] std::unexpected<Error> refused(std::string cause) const {
        return fail(Status::login_refused, "no agreement on the key with", std::string(messages_.name()),
                    std::move(cause));
    }

    Task<Result<std::string>> receive() {
        std::string message;
        std::array<std::uint8_t, most_mp_auth_bytes> block{};
        while (true) {
            auto chunk = co_await messages_.read(block);
            if (!chunk) co_return std::unexpected(std::move(chunk.error()));
            if (chunk->end) co_return violation("it closed the connection");
            message += as_text(Bytes(block).first(chunk->size));
            if (message.size() > most_mp_auth_bytes) co_return violation("it sent a long message instead");
            if (!chunk->more) co_return message;
        }
    }

    Task<Result<void>> answer_challenge() {
        auto message = co_await receive();
        if (!message) {
            // Too large for any message: not this protocol's bytes, as with those that end too early.
            if (message.error().status == Status::truncated) co_return violation(message.error().sentence());
            co_return std::unexpected(std::move(message.error()));
        }
        if (!message->starts_with(challenge_word)) co_return violation("it begins without a challenge");
        challenged_ = true;
        const auto challenge = message->substr(challenge_word.size());
        const auto answer = answer_mp_challenge(key_, challenge);
        if (!answer) co_return violation("its challenge has no known form");
        names_digest_ = named_digest(challenge) != nullptr;
        const Bytes bytes = as_bytes(*answer);
        auto written = co_await messages_.write(bytes);
        if (!written) co_return written;
        auto verdict = co_await receive();
        if (!verdict) co_return std::unexpected(std::move(verdict.error()));
        if (*verdict == failure_word) co_return refused("it does not take our key");
        if (*verdict != welcome_word) co_return violation("it did not say whether it takes our key");
        co_return Result<void>();
    }

    Task<Result<void>> deliver_challenge() {
        std::array<unsigned char, new_challenge_bytes> random{};
        if (RAND_bytes(random.data(), int{new_challenge_bytes}) != 1)
            co_return fail(Status::cannot_read, "cannot get random bytes for", "a challenge");
        constexpr std::size_t modern = 1;  // sha256, as Python chooses
        std::string challenge = names_digest_ ? prefix_of(digests[modern]) : std::string();
        challenge += as_text(Bytes(random).first(names_digest_ ? new_challenge_bytes : old_challenge_bytes));
        const std::string message = std::string(challenge_word) + challenge;
        auto written = co_await messages_.write(as_bytes(message));
        if (!written) co_return written;
        auto answer = co_await receive();
        if (!answer) co_return std::unexpected(std::move(answer.error()));
        const bool known = is_mp_answer(key_, challenge, *answer);
        const Bytes verdict = as_bytes(known ? welcome_word : failure_word);
        written = co_await messages_.write(verdict);
        if (!known) co_return refused("it does not know the key itself");
        co_return written;
    }

    Stream& messages_;
    std::string key_;
    std::chrono::nanoseconds timeout_;
    bool challenged_ = false, names_digest_ = false;
};

}  // namespace

std::optional<std::string> answer_mp_challenge(std::string_view key, std::string_view challenge) {
    if (challenge.size() == old_challenge_bytes) return hmac(old_digest(), key, challenge);
    const Digest* const digest = named_digest(challenge);
    if (digest == nullptr || challenge.size() < old_challenge_bytes) return std::nullopt;
    return prefix_of(*digest) + hmac(*digest, key, challenge);
}

bool is_mp_answer(std::string_view key, std::string_view challenge, std::string_view answer) {
    if (named_digest(challenge) == nullptr)
        return answer.size() == old_answer_bytes && same(answer, hmac(old_digest(), key, challenge));
    const Digest* const digest = named_digest(answer);
    return digest != nullptr && same(answer, prefix_of(*digest) + hmac(*digest, key, challenge));
}

Task<Result<void>> authenticate_mp(Stream& messages, std::string key, std::chrono::nanoseconds timeout) {
    Dialogue dialogue(messages, std::move(key), timeout);
    auto running = dialogue.run();
    auto done = co_await std::move(running);
    co_return done;
}

}  // namespace fid::transport
