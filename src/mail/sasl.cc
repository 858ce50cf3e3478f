// SPDX-License-Identifier: MIT
#include "mail/sasl.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "encoding/base64.h"
#include "report/text.h"
#include "transport/http_head.h"

namespace fid::mail {
namespace {

constexpr auto mechanisms =
    std::to_array<SaslMechanism>({{"SCRAM-SHA-256", true}, {"PLAIN", false}, {"LOGIN", false}, {"CRAM-MD5", true}});

std::string hmac(const EVP_MD* digest, std::string_view key, std::string_view text) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
    unsigned size = 0;
    HMAC(digest, key.data(), static_cast<int>(key.size()), as_bytes(text).data(), text.size(), out.data(), &size);
    return std::string(as_text(Bytes(out).first(size)));
}

std::string sha256(std::string_view text) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
    unsigned size = 0;
    EVP_Digest(text.data(), text.size(), out.data(), &size, EVP_sha256(), nullptr);
    return std::string(as_text(Bytes(out).first(size)));
}

class Plain final : public SaslClient {
  public:
    Plain(std::string user, std::string password) : user_(std::move(user)), password_(std::move(password)) {}
    std::optional<std::string> initial() override { return all(); }
    Result<std::string> answer(std::string_view /*challenge*/) override { return all(); }

  private:
    [[nodiscard]] std::string all() const {
        const std::string nul(1, '\0');
        return nul + user_ + nul + password_;
    }
    std::string user_, password_;
};

/// Two questions whose words do not matter: the name, the password.
class Login final : public SaslClient {
  public:
    Login(std::string user, std::string password) : user_(std::move(user)), password_(std::move(password)) {}
    Result<std::string> answer(std::string_view /*challenge*/) override {
        switch (asked_++) {
            case 0:
                return user_;
            case 1:
                return password_;
            default:
                return fail(Status::protocol_violation, "the server asks for more than", "user and password");
        }
    }

  private:
    std::string user_, password_;
    int asked_ = 0;
};

class CramMd5 final : public SaslClient {
  public:
    CramMd5(std::string user, std::string password) : user_(std::move(user)), password_(std::move(password)) {}
    Result<std::string> answer(std::string_view challenge) override {
        Text text;
        text.put(user_);
        text.put(' ');
        text.hex_bytes(as_bytes(hmac(EVP_md5(), password_, challenge)));
        return text.take();
    }

  private:
    std::string user_, password_;
};

/// RFC 5802, without channel binding.
class ScramSha256 final : public SaslClient {
  public:
    ScramSha256(const std::string& user, std::string password) : password_(std::move(password)) {
        std::array<unsigned char, 18> random{};
        if (RAND_bytes(random.data(), static_cast<int>(random.size())) != 1) std::abort();
        nonce_ = encoding::base64(as_text(random));
        first_ = "n=";
        for (const char c : user) first_ += c == '=' ? "=3D" : c == ',' ? "=2C" : std::string(1, c);
        first_ += ",r=" + nonce_;
    }
    std::optional<std::string> initial() override { return "n,," + first_; }
    Result<std::string> answer(std::string_view challenge) override {
        if (std::exchange(answered_, true)) return verify(challenge);
        const auto nonce = attribute(challenge, 'r');
        const auto salt = decode_challenge(attribute(challenge, 's').value_or(std::string_view()));
        const auto rounds_text = attribute(challenge, 'i').value_or(std::string_view());
        int rounds = 0;
        const auto [end, error] = std::from_chars(rounds_text.begin(), rounds_text.end(), rounds);
        // RFC 7677 section 4 wants at least 4096; more than a few million is an attack on our processor.
        constexpr int fewest = 4096, most = 4'000'000;
        if (!nonce || !nonce->starts_with(nonce_) || nonce->size() == nonce_.size() || !salt || salt->empty() ||
            error != std::errc() || end != rounds_text.end() || rounds < fewest || rounds > most)
            return fail(Status::protocol_violation, "the server's challenge is", "no SCRAM-SHA-256");
        std::array<unsigned char, 32> salted{};
        PKCS5_PBKDF2_HMAC(password_.data(), static_cast<int>(password_.size()), as_bytes(*salt).data(),
                          static_cast<int>(salt->size()), rounds, EVP_sha256(), static_cast<int>(salted.size()),
                          salted.data());
        const std::string_view key = as_text(salted);
        const std::string client_key = hmac(EVP_sha256(), key, "Client Key");
        const std::string last = "c=biws,r=" + std::string(*nonce);
        const std::string all = first_ + "," + std::string(challenge) + "," + last;
        std::string proof = hmac(EVP_sha256(), sha256(client_key), all);
        for (std::size_t i = 0; i < proof.size(); ++i) proof[i] = static_cast<char>(proof[i] ^ client_key[i]);
        expected_ = hmac(EVP_sha256(), hmac(EVP_sha256(), key, "Server Key"), all);
        return last + ",p=" + encoding::base64(proof);
    }
    bool complete() const override { return verified_; }

  private:
    static std::optional<std::string_view> attribute(std::string_view message, char name) {
        while (true) {
            const std::string_view one = message.substr(0, message.find(','));
            if (one.size() >= 2 && one[0] == name && one[1] == '=') return one.substr(2);
            if (one.size() == message.size()) return std::nullopt;
            message.remove_prefix(one.size() + 1);
        }
    }
    Result<std::string> verify(std::string_view message) {
        const auto signature = decode_challenge(attribute(message, 'v').value_or(std::string_view()));
        verified_ = signature && signature->size() == expected_.size() &&
                    CRYPTO_memcmp(signature->data(), expected_.data(), expected_.size()) == 0;
        if (!verified_)
            return fail(Status::login_refused, "the server does not know", "the password itself", {},
                        "someone may be answering in its place");
        return std::string();
    }

    std::string password_, nonce_, first_, expected_;
    bool answered_ = false, verified_ = false;
};

}  // namespace

std::span<const SaslMechanism> sasl_mechanisms() { return mechanisms; }

std::unique_ptr<SaslClient> make_sasl(std::string_view mechanism, std::string user, std::string password) {
    if (mechanism == "PLAIN") return std::make_unique<Plain>(std::move(user), std::move(password));
    if (mechanism == "LOGIN") return std::make_unique<Login>(std::move(user), std::move(password));
    if (mechanism == "CRAM-MD5") return std::make_unique<CramMd5>(std::move(user), std::move(password));
    if (mechanism == "SCRAM-SHA-256") return std::make_unique<ScramSha256>(user, std::move(password));
    return nullptr;
}

std::optional<std::string> decode_challenge(std::string_view text) {
    if (text.empty()) return std::string();
    const auto bytes = encoding::read_base64_strict(text);
    if (!bytes) return std::nullopt;
    return std::string(bytes->begin(), bytes->end());
}

}  // namespace fid::mail
