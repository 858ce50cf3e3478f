// SPDX-License-Identifier: MIT
#include "packet/secure/digest.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <memory>

namespace fid::packet {
namespace {

struct FreeCipher {
    void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, FreeCipher>;

std::string hash_hex(std::string_view text, const EVP_MD* algorithm) {
    std::array<std::uint8_t, EVP_MAX_MD_SIZE> digest{};
    unsigned length = 0;
    if (EVP_Digest(text.data(), text.size(), digest.data(), &length, algorithm, nullptr) != 1) return {};
    Text out;
    out.hex_bytes(Bytes(digest).first(length));
    return out.take();
}

}  // namespace

std::string md5_hex(std::string_view text) { return hash_hex(text, EVP_md5()); }
std::string sha256_hex(std::string_view text) { return hash_hex(text, EVP_sha256()); }

Digest hmac_sha256(Bytes key, Bytes message) {
    Digest digest{};
    unsigned length = 0;
    HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), message.data(), message.size(), digest.data(),
         &length);
    return digest;
}

Digest expand_label(Bytes secret, std::string_view label, std::uint16_t length) {
    constexpr std::string_view prefix = "tls13 ";
    std::vector<std::uint8_t> info{static_cast<std::uint8_t>(length >> 8U), static_cast<std::uint8_t>(length & 0xffU),
                                   static_cast<std::uint8_t>(prefix.size() + label.size())};
    info.insert(info.end(), prefix.begin(), prefix.end());
    info.insert(info.end(), label.begin(), label.end());
    info.push_back(0);  // empty context
    info.push_back(1);  // HKDF-Expand's block counter: one block is enough here
    return hmac_sha256(secret, info);
}

Block aes128_block(Bytes key, Bytes block) {
    Block out{};
    if (key.size() != 16 || block.size() != 16) return out;
    const CipherContext context(EVP_CIPHER_CTX_new());
    int length = 0;
    if (context == nullptr || EVP_EncryptInit_ex(context.get(), EVP_aes_128_ecb(), nullptr, key.data(), nullptr) != 1 ||
        EVP_CIPHER_CTX_set_padding(context.get(), 0) != 1 ||
        EVP_EncryptUpdate(context.get(), out.data(), &length, block.data(), 16) != 1)
        return {};
    return out;
}

std::vector<std::uint8_t> aes128_gcm_open(Bytes key, Bytes nonce, Bytes associated, Bytes sealed) {
    if (key.size() != 16 || nonce.size() != 12 || sealed.size() <= 16) return {};
    const CipherContext context(EVP_CIPHER_CTX_new());
    const Bytes text = sealed.first(sealed.size() - 16);
    Block tag{};
    std::ranges::copy(sealed.last(16), tag.begin());
    std::vector<std::uint8_t> plain(text.size());
    int length = 0;
    EVP_CIPHER_CTX* raw = context.get();
    if (raw == nullptr || EVP_DecryptInit_ex(raw, EVP_aes_128_gcm(), nullptr, key.data(), nonce.data()) != 1 ||
        EVP_DecryptUpdate(raw, nullptr, &length, associated.data(), static_cast<int>(associated.size())) != 1 ||
        EVP_DecryptUpdate(raw, plain.data(), &length, text.data(), static_cast<int>(text.size())) != 1 ||
        EVP_CIPHER_CTX_ctrl(raw, EVP_CTRL_GCM_SET_TAG, 16, tag.data()) != 1 ||
        EVP_DecryptFinal_ex(raw, plain.data() + length, &length) != 1)
        return {};
    return plain;
}

}  // namespace fid::packet
