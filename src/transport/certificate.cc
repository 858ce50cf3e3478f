// SPDX-License-Identifier: MIT
#include "transport/certificate.h"

#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/x509v3.h>

#include <array>
#include <ctime>
#include <memory>

#include "address/address.h"
#include "report/text.h"

namespace fid::transport {
namespace {

std::string name_text(const X509_NAME* name) {
    const std::unique_ptr<BIO, decltype(&BIO_free)> out(BIO_new(BIO_s_mem()), &BIO_free);
    X509_NAME_print_ex(out.get(), name, 0, XN_FLAG_RFC2253 & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB));
    char* text = nullptr;
    const long length = BIO_ctrl(out.get(), BIO_CTRL_INFO, 0, static_cast<void*>(&text));
    return length > 0 ? std::string(text, static_cast<std::size_t>(length)) : std::string();
}

std::int64_t seconds(const ASN1_TIME* time) {
    std::tm broken{};
    return ASN1_TIME_to_tm(time, &broken) == 1 ? timegm(&broken) : 0;
}

std::string address_text(const ASN1_OCTET_STRING* bytes) {
    const std::span<const std::uint8_t> view(ASN1_STRING_get0_data(bytes),
                                             static_cast<std::size_t>(ASN1_STRING_length(bytes)));
    if (view.size() == 4) return Address::from_bytes(view.first<4>()).text();
    if (view.size() == 16) return Address::from_bytes(view.first<16>()).text();
    return {};
}

std::vector<std::string> alternative_names(X509* certificate) {
    std::vector<std::string> names;
    auto* const list =
        static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
    const std::unique_ptr<GENERAL_NAMES, decltype(&GENERAL_NAMES_free)> owner(list, &GENERAL_NAMES_free);
    for (int i = 0; list != nullptr && i < OPENSSL_sk_num(reinterpret_cast<const OPENSSL_STACK*>(list)); ++i) {
        const auto* const one =
            static_cast<const GENERAL_NAME*>(OPENSSL_sk_value(reinterpret_cast<const OPENSSL_STACK*>(list), i));
        int type = 0;
        const auto* const value = static_cast<const ASN1_STRING*>(GENERAL_NAME_get0_value(one, &type));
        if (type == GEN_DNS || type == GEN_EMAIL || type == GEN_URI)
            names.emplace_back(reinterpret_cast<const char*>(ASN1_STRING_get0_data(value)),
                               static_cast<std::size_t>(ASN1_STRING_length(value)));
        else if (type == GEN_IPADD)
            names.push_back(address_text(value));
    }
    return names;
}

std::string key_text(X509* certificate) {
    const EVP_PKEY* const key = X509_get0_pubkey(certificate);
    if (key == nullptr) return "unreadable";
    const char* const kind = EVP_PKEY_get0_type_name(key);
    std::string text = kind == nullptr ? "unknown" : kind;
    if (text.starts_with("ED")) return text;
    text += " " + std::to_string(EVP_PKEY_get_bits(key));
    std::array<char, 64> group{};
    std::size_t length = 0;
    if (EVP_PKEY_get_group_name(key, group.data(), group.size(), &length) == 1)
        text += " (" + std::string(group.data(), length) + ")";
    return text;
}

std::string fingerprint(X509* certificate) {
    std::array<std::uint8_t, EVP_MAX_MD_SIZE> digest{};
    unsigned length = 0;
    if (X509_digest(certificate, EVP_sha256(), digest.data(), &length) != 1) return {};
    Text text;
    text.hex_bytes(Bytes(digest.data(), length));
    return text.take();
}

std::string serial(X509* certificate) {
    const ASN1_INTEGER* const number = X509_get0_serialNumber(certificate);
    Text text;
    text.hex_bytes(Bytes(ASN1_STRING_get0_data(number), static_cast<std::size_t>(ASN1_STRING_length(number))));
    return text.take();
}

}  // namespace

Certificate describe(X509* certificate) {
    Certificate facts;
    facts.subject = name_text(X509_get_subject_name(certificate));
    facts.issuer = name_text(X509_get_issuer_name(certificate));
    facts.names = alternative_names(certificate);
    facts.not_before = seconds(X509_get0_notBefore(certificate));
    facts.not_after = seconds(X509_get0_notAfter(certificate));
    facts.key = key_text(certificate);
    facts.signature = OBJ_nid2ln(X509_get_signature_nid(certificate));
    facts.serial = serial(certificate);
    facts.fingerprint = fingerprint(certificate);
    facts.self_signed = X509_self_signed(certificate, 0) == 1;
    return facts;
}

}  // namespace fid::transport
