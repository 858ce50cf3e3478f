// SPDX-License-Identifier: MIT
#include "dns/tsig.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>

namespace fid::dns {
namespace {

constexpr unsigned bad_signature = 16, bad_key = 17, bad_time = 18, bad_truncation = 22;  // RFC 8945 section 3
constexpr std::size_t least_mac = 10;                                                     // section 5.2.2.1

void put(std::vector<std::uint8_t>& out, std::uint64_t value, unsigned bytes) {
    while (bytes-- != 0) out.push_back(static_cast<std::uint8_t>(value >> 8U * bytes));
}
void put(std::vector<std::uint8_t>& out, Bytes bytes) { out.insert(out.end(), bytes.begin(), bytes.end()); }

/// A name as it is hashed (RFC 4034 section 6.2).
void put_canonical(std::vector<std::uint8_t>& out, const Name& name) {
    for (const std::uint8_t byte : name.wire())
        out.push_back(byte >= 'A' && byte <= 'Z' ? static_cast<std::uint8_t>(byte + 0x20) : byte);
}

Name algorithm_name(const TsigAlgorithm& algorithm) { return Name::parse(algorithm.wire).value_or(Name()); }

std::vector<std::uint8_t> mac_of(const TsigKey& key, Bytes text) {
    std::array<std::uint8_t, EVP_MAX_MD_SIZE> mac{};
    unsigned size = 0;
    HMAC(EVP_get_digestbyname(std::string(key.algorithm->digest).c_str()), key.secret.data(),
         static_cast<int>(key.secret.size()), text.data(), text.size(), mac.data(), &size);
    return {mac.begin(), mac.begin() + size};
}

/// The message as it was before the record was added (section 5.3.2).
void put_unsigned(std::vector<std::uint8_t>& out, const Message& message, const TsigRecord& record) {
    const std::size_t begin = out.size();
    put(out, message.bytes().first(record.begins_at));
    const unsigned count = message.header().additionals - 1U;
    constexpr std::size_t count_at = 10;
    out[begin] = static_cast<std::uint8_t>(record.original_id >> 8U);
    out[begin + 1] = static_cast<std::uint8_t>(record.original_id);
    out[begin + count_at] = static_cast<std::uint8_t>(count >> 8U);
    out[begin + count_at + 1] = static_cast<std::uint8_t>(count);
}

/// Section 4.3.3.
void put_variables(std::vector<std::uint8_t>& out, const TsigRecord& record) {
    put_canonical(out, record.key);
    put(out, klass::any, 2);
    put(out, 0, 4);
    put_canonical(out, record.algorithm);
    put(out, record.time, 6);
    put(out, record.fudge, 2);
    put(out, record.error, 2);
    put(out, record.other.size(), 2);
    put(out, record.other);
}

std::unexpected<Error> untrusted(const std::string& server, std::string cause, std::string hint = {}) {
    return fail(Status::protocol_violation, "cannot trust the answer from", server, std::move(cause), std::move(hint));
}

}  // namespace

std::optional<TsigRecord> read_tsig(const Message& message) {
    Records records(message);
    Record last;
    bool any = false;
    for (Record each; records.next(each);) {
        last = each;
        any = true;
    }
    if (!any || !records.ok() || last.type != type::tsig || last.section != Section::additional) return std::nullopt;
    if (last.klass != klass::any) return std::nullopt;
    const auto key = message.name(last.name_at);
    packet::Cursor at(message.rdata(last));
    const auto algorithm = Name::read(at, message.bytes());
    TsigRecord record;
    record.begins_at = last.name_at;
    record.time = at.u48();
    record.fudge = at.u16();
    record.mac = at.take(at.u16());
    record.original_id = at.u16();
    record.error = at.u16();
    record.other = at.take(at.u16());
    if (!key || !algorithm || !at.ok() || at.remaining() != 0) return std::nullopt;
    record.key = *key;
    record.algorithm = *algorithm;
    return record;
}

void TsigSession::sign(std::vector<std::uint8_t>& query, std::uint64_t now) {
    TsigRecord record;
    record.key = key_.name;
    record.algorithm = algorithm_name(*key_.algorithm);
    record.time = now;
    record.fudge = fudge;
    std::vector<std::uint8_t> text(query);
    put_variables(text, record);
    mac_ = mac_of(key_, text);
    mac_.resize(key_.mac_size);
    first_ = true;
    unsigned_ = 0;
    pending_.clear();

    put(query, key_.name.wire());
    put(query, type::tsig, 2);
    put(query, klass::any, 2);
    put(query, 0, 4);
    const Bytes algorithm = record.algorithm.wire();
    put(query, algorithm.size() + 16 + mac_.size(), 2);
    put(query, algorithm);
    put(query, now, 6);
    put(query, fudge, 2);
    put(query, mac_.size(), 2);
    put(query, mac_);
    const unsigned id = unsigned{query[0]} << 8U | query[1];
    put(query, id, 2);  // a forwarder may change it in the header
    put(query, 0, 4);   // no error, no other data
    constexpr std::size_t count_at = 10;
    const unsigned additionals = (unsigned{query[count_at]} << 8U | query[count_at + 1]) + 1;
    query[count_at] = static_cast<std::uint8_t>(additionals >> 8U);
    query[count_at + 1] = static_cast<std::uint8_t>(additionals);
}

Result<void> TsigSession::check(Bytes bytes, std::uint64_t now, const std::string& server) {
    const auto message = Message::open(bytes);
    if (!message) return untrusted(server, "it has no header");
    if (const auto record = read_tsig(*message)) return check_signed(*message, *record, now, server);
    const unsigned code = message->rcode(message->edns());
    if (first_ && code != rcode::no_error)
        return untrusted(server, "it is " + rcode_text(code) + " without a signature",
                         "does the server know TSIG, and the key '" + key_.name.text() + "'?");
    if (first_) return untrusted(server, "it is not signed", "does the server know TSIG?");
    if (unsigned_ == most_unsigned)
        return untrusted(server, "more than " + std::to_string(most_unsigned) + " messages without a signature");
    ++unsigned_;
    put(pending_, bytes);
    return {};
}

Result<void> TsigSession::check_signed(const Message& message, const TsigRecord& record, std::uint64_t now,
                                       const std::string& server) {
    const unsigned error = record.error;
    // A server that cannot check our signature has none of its own to give (section 5.3.2).
    if (record.mac.empty() && (error == bad_key || error == bad_signature || error == bad_truncation))
        return std::unexpected(refusal(record, server));
    if (record.key != key_.name) return untrusted(server, "it is signed with another key, " + record.key.text());
    if (record.algorithm != algorithm_name(*key_.algorithm))
        return untrusted(server, "it is signed with another algorithm, " + record.algorithm.text());
    const std::size_t whole = key_.algorithm->size;
    const std::size_t least = std::max(least_mac, whole / 2);
    if (record.mac.size() < least || record.mac.size() > whole)
        return untrusted(server, "its signature has " + std::to_string(record.mac.size()) + " bytes, and needs " +
                                     std::to_string(least) + " to " + std::to_string(whole));
    std::vector<std::uint8_t> text;
    put(text, mac_.size(), 2);
    put(text, mac_);
    put(text, pending_);
    put_unsigned(text, message, record);
    if (first_) {
        put_variables(text, record);
    } else {
        put(text, record.time, 6);
        put(text, record.fudge, 2);
    }
    const std::vector<std::uint8_t> mac = mac_of(key_, text);
    if (mac.size() != whole)
        return untrusted(server, "this machine's OpenSSL has no " + std::string(key_.algorithm->name));
    if (CRYPTO_memcmp(mac.data(), record.mac.data(), record.mac.size()) != 0)
        return untrusted(server, "its signature is wrong");
    if (error != 0) return std::unexpected(refusal(record, server));
    const std::uint64_t apart = now > record.time ? now - record.time : record.time - now;
    if (apart > record.fudge)
        return untrusted(server, "it was signed at another time, " + std::to_string(apart) + " seconds from now",
                         "is the clock right?");
    mac_.assign(record.mac.begin(), record.mac.end());
    pending_.clear();
    unsigned_ = 0;
    first_ = false;
    return {};
}

Error TsigSession::refusal(const TsigRecord& record, const std::string& server) const {
    Error error{Status::login_refused, "the key '" + key_.name.text() + "' is refused by", server, {}, {}};
    error.cause = tsig_error_text(record.error);
    switch (record.error) {
        case bad_key:
            error.cause += ", it has no key of this name and algorithm";
            error.hint = "the algorithm is " + std::string(key_.algorithm->name);
            break;
        case bad_signature:
            error.cause += ", the signature of the question is wrong";
            error.hint = "is it the same secret there?";
            break;
        case bad_time: {
            error.cause += ", the clocks differ";
            packet::Cursor at(record.other);
            const std::uint64_t theirs = at.u48();
            if (at.ok() && theirs < std::uint64_t{1} << 40U) {
                const auto apart = static_cast<std::int64_t>(theirs) - static_cast<std::int64_t>(record.time);
                error.cause += " by " + std::to_string(apart < 0 ? -apart : apart) + " seconds";
                error.hint = apart > 0 ? "the server's is ahead" : "ours is ahead";
            }
            break;
        }
        case bad_truncation:
            error.cause += ", it wants a longer signature";
            break;
        default:
            break;
    }
    return error;
}

}  // namespace fid::dns
