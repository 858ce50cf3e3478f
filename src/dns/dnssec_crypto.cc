// SPDX-License-Identifier: MIT
#include "dns/dnssec_crypto.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <array>
#include <memory>

#include "dns/dnssec_records.h"
#include "dns/rdata_parts.h"

namespace fid::dns::dnssec {
namespace {

template <auto release>
struct Release {
    template <class T>
    void operator()(T* what) const {
        release(what);
    }
};
using Key = std::unique_ptr<EVP_PKEY, Release<EVP_PKEY_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Release<EVP_PKEY_CTX_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Release<EVP_MD_CTX_free>>;
using Number = std::unique_ptr<BIGNUM, Release<BN_free>>;
using ParamBuilder = std::unique_ptr<OSSL_PARAM_BLD, Release<OSSL_PARAM_BLD_free>>;
using Params = std::unique_ptr<OSSL_PARAM, Release<OSSL_PARAM_free>>;
using EcSignature = std::unique_ptr<ECDSA_SIG, Release<ECDSA_SIG_free>>;

struct Algorithm {
    unsigned number;
    enum class Kind : std::uint8_t { rsa, ecdsa, eddsa } kind;
    const EVP_MD* (*hash)();
    const char* name;       ///< of the curve, or of the kind of key
    std::size_t part_size;  ///< bytes of a coordinate or of the whole key
};
constexpr std::array algorithms{
    Algorithm{5, Algorithm::Kind::rsa, EVP_sha1, "RSA", 0},
    Algorithm{7, Algorithm::Kind::rsa, EVP_sha1, "RSA", 0},
    Algorithm{8, Algorithm::Kind::rsa, EVP_sha256, "RSA", 0},
    Algorithm{10, Algorithm::Kind::rsa, EVP_sha512, "RSA", 0},
    Algorithm{13, Algorithm::Kind::ecdsa, EVP_sha256, "P-256", 32},
    Algorithm{14, Algorithm::Kind::ecdsa, EVP_sha384, "P-384", 48},
    Algorithm{15, Algorithm::Kind::eddsa, nullptr, "ED25519", 32},
    Algorithm{16, Algorithm::Kind::eddsa, nullptr, "ED448", 57},
};
constexpr std::size_t most_rsa_bytes = 4096 / 8;  // RFC 3110 section 2

const Algorithm* find_algorithm(unsigned number) {
    for (const Algorithm& each : algorithms)
        if (each.number == number) return &each;
    return nullptr;
}

const EVP_MD* digest_of(unsigned type) {
    switch (type) {
        case 1:
            return EVP_sha1();
        case 2:
            return EVP_sha256();
        case 4:
            return EVP_sha384();
        default:
            return nullptr;
    }
}

Key key_from(const char* kind, OSSL_PARAM_BLD* builder) {
    const Params params(OSSL_PARAM_BLD_to_param(builder));
    const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, kind, nullptr));
    EVP_PKEY* made = nullptr;
    if (!params || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
        EVP_PKEY_fromdata(context.get(), &made, EVP_PKEY_PUBLIC_KEY, params.get()) != 1)
        return nullptr;
    return Key(made);
}

Number number_from(Bytes bytes) { return Number(BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr)); }

/// RFC 3110 section 2: the exponent behind its length of one byte or three, then the modulus.
Key rsa_key(Bytes key) {
    packet::Cursor at(key);
    std::size_t size = at.u8();
    if (size == 0) size = at.u16();
    const Bytes exponent = at.take(size);
    const Bytes modulus = at.rest();
    if (!at.ok() || exponent.empty() || modulus.empty() || modulus.size() > most_rsa_bytes) return nullptr;
    const Number e = number_from(exponent);
    const Number n = number_from(modulus);
    const ParamBuilder builder(OSSL_PARAM_BLD_new());
    if (!e || !n || !builder || OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
        OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1)
        return nullptr;
    return key_from("RSA", builder.get());
}

/// RFC 6605 section 4: both coordinates, without the byte that says so.
Key ecdsa_key(const Algorithm& algorithm, Bytes key) {
    if (key.size() != 2 * algorithm.part_size) return nullptr;
    std::vector<std::uint8_t> point{POINT_CONVERSION_UNCOMPRESSED};
    point.insert(point.end(), key.begin(), key.end());
    const ParamBuilder builder(OSSL_PARAM_BLD_new());
    if (!builder ||
        OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, algorithm.name, 0) != 1 ||
        OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) != 1)
        return nullptr;
    return key_from("EC", builder.get());
}

Key make_key(const Algorithm& algorithm, Bytes key) {
    switch (algorithm.kind) {
        case Algorithm::Kind::rsa:
            return rsa_key(key);
        case Algorithm::Kind::ecdsa:
            return ecdsa_key(algorithm, key);
        case Algorithm::Kind::eddsa:
            return Key(EVP_PKEY_new_raw_public_key_ex(nullptr, algorithm.name, nullptr, key.data(), key.size()));
    }
    return nullptr;
}

/// OpenSSL takes the two numbers as DER has them; DNS has them one behind the other (RFC 6605 section 4).
std::vector<std::uint8_t> ecdsa_der(const Algorithm& algorithm, Bytes signature) {
    if (signature.size() != 2 * algorithm.part_size) return {};
    Number r = number_from(signature.first(algorithm.part_size));
    Number s = number_from(signature.subspan(algorithm.part_size));
    const EcSignature both(ECDSA_SIG_new());
    if (!r || !s || !both || ECDSA_SIG_set0(both.get(), r.get(), s.get()) != 1) return {};
    // The signature owns them now.
    [[maybe_unused]] const std::array owned{r.release(), s.release()};
    const int size = i2d_ECDSA_SIG(both.get(), nullptr);
    if (size <= 0) return {};
    std::vector<std::uint8_t> der(static_cast<std::size_t>(size));
    std::uint8_t* end = der.data();
    i2d_ECDSA_SIG(both.get(), &end);
    return der;
}

}  // namespace

bool knows_algorithm(unsigned algorithm) { return find_algorithm(algorithm) != nullptr; }
bool knows_digest(unsigned digest_type) { return digest_of(digest_type) != nullptr; }

std::string algorithm_text(unsigned algorithm) {
    const std::string_view name = algorithm_name(algorithm);
    return name.empty() ? "algorithm " + std::to_string(algorithm) : std::string(name);
}

std::string digest_text(unsigned digest_type) {
    switch (digest_type) {
        case 1:
            return "SHA-1";
        case 2:
            return "SHA-256";
        case 4:
            return "SHA-384";
        default:
            return "digest type " + std::to_string(digest_type);
    }
}

bool verify(unsigned number, Bytes public_key, Bytes data, Bytes signature) {
    const Algorithm* const algorithm = find_algorithm(number);
    if (algorithm == nullptr) return false;
    const Key key = make_key(*algorithm, public_key);
    const DigestContext context(EVP_MD_CTX_new());
    if (!key || !context) return false;
    std::vector<std::uint8_t> given(signature.begin(), signature.end());
    if (algorithm->kind == Algorithm::Kind::ecdsa) given = ecdsa_der(*algorithm, signature);
    const EVP_MD* const hash = algorithm->hash == nullptr ? nullptr : algorithm->hash();
    return !given.empty() && EVP_DigestVerifyInit(context.get(), nullptr, hash, nullptr, key.get()) == 1 &&
           EVP_DigestVerify(context.get(), given.data(), given.size(), data.data(), data.size()) == 1;
}

std::vector<std::uint8_t> digest(unsigned digest_type, Bytes data) {
    const EVP_MD* const kind = digest_of(digest_type);
    if (kind == nullptr) return {};
    std::vector<std::uint8_t> made(EVP_MAX_MD_SIZE);
    unsigned size = 0;
    if (EVP_Digest(data.data(), data.size(), made.data(), &size, kind, nullptr) != 1) size = 0;
    made.resize(size);
    return made;
}

std::vector<std::uint8_t> nsec3_hash(const Name& name, Bytes salt, unsigned iterations) {
    std::vector<std::uint8_t> text;
    append_canonical(text, name);
    for (unsigned round = 0; round <= iterations; ++round) {
        text.insert(text.end(), salt.begin(), salt.end());
        text = digest(1, text);
    }
    return text;
}

}  // namespace fid::dns::dnssec
