// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>

#include "dns/tsig.h"
#include "encoding/base64.h"
#include "report/suggest.h"

namespace fid::dns {
namespace {

// RFC 8945 section 6, but for what nobody uses (GSS-TSIG is a protocol of its own).
constexpr std::array algorithms{TsigAlgorithm{"hmac-md5", "hmac-md5.sig-alg.reg.int", "MD5", 16},
                                TsigAlgorithm{"hmac-sha1", "hmac-sha1", "SHA1", 20},
                                TsigAlgorithm{"hmac-sha224", "hmac-sha224", "SHA224", 28},
                                TsigAlgorithm{"hmac-sha256", "hmac-sha256", "SHA256", 32},
                                TsigAlgorithm{"hmac-sha384", "hmac-sha384", "SHA384", 48},
                                TsigAlgorithm{"hmac-sha512", "hmac-sha512", "SHA512", 64}};
constexpr std::string_view usual = "hmac-sha256";

struct Spelled {
    std::string_view algorithm, name, secret;
};

std::string lower(std::string_view text) {
    std::string made(text);
    for (char& c : made)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 0x20);
    return made;
}

std::unexpected<Error> unknown_algorithm(Status status, std::string_view word) {
    std::vector<std::string_view> names;
    for (const TsigAlgorithm& each : algorithms) names.push_back(each.name);
    std::string hint = report::did_you_mean(word, names);
    if (hint.empty()) {
        hint = "one of";
        for (const std::string_view name : names) hint.append(" ").append(name);
    }
    return fail(status, "unknown TSIG algorithm", "'" + std::string(word) + "'", {}, std::move(hint));
}

/// "hmac-sha256", "hmac-md5.sig-alg.reg.int.", "hmac-sha256-128": bits of the MAC that are sent.
Result<void> read_algorithm(std::string_view text, Status status, TsigKey& key) {
    std::string word = lower(text);
    if (word.ends_with('.')) word.pop_back();
    for (const TsigAlgorithm& each : algorithms) {
        if (word != each.wire && !word.starts_with(each.name)) continue;
        key.algorithm = &each;
        key.mac_size = each.size;
        if (word == each.wire || word == each.name) return {};
        const std::string_view bits = std::string_view(word).substr(each.name.size());
        unsigned count = 0;
        const auto [end, error] = std::from_chars(bits.data() + 1, bits.data() + bits.size(), count);
        if (!bits.starts_with('-') || error != std::errc() || end != bits.data() + bits.size()) continue;
        key.mac_size = count / 8;
        // RFC 8945 section 5.2.2.1.
        if (count % 8 == 0 && count >= 80 && key.mac_size >= each.size / 2 && key.mac_size <= each.size) return {};
        return fail(status, "not a length for a signature:", "'" + std::string(text) + "'", {},
                    "bits, a multiple of 8, 80 and half of the whole at least");
    }
    return unknown_algorithm(status, text);
}

Result<TsigKey> make_key(const Spelled& spelled, Status status) {
    TsigKey key;
    if (auto read = read_algorithm(spelled.algorithm, status, key); !read)
        return std::unexpected(std::move(read.error()));
    auto name = Name::parse(spelled.name);
    if (!name || spelled.name.empty())
        return fail(status, "not a name of a TSIG key:", "'" + std::string(spelled.name) + "'");
    key.name = *name;
    auto secret = encoding::read_base64_lenient(spelled.secret);
    if (!secret || secret->empty())
        return fail(status, "the secret of the TSIG key", "'" + std::string(spelled.name) + "'", "it is not base64");
    key.secret = std::move(*secret);
    return key;
}

/// The words of BIND's configuration: strings without their quotes, { } and ; by themselves; comments are left out.
class Words {
  public:
    explicit Words(std::string_view text) : rest_(text) {}

    /// Empty at the end.
    std::string_view next() {
        skip_blanks();
        if (rest_.empty()) return {};
        if (rest_.front() == '"') {
            const std::string_view word = take(rest_.find('"', 1));
            rest_.remove_prefix(rest_.empty() ? 0 : 1);
            return word.substr(1);
        }
        if (separators.find(rest_.front()) != std::string_view::npos) return take(1);
        return take(rest_.find_first_of(" \t\r\n\"{};#"));
    }

  private:
    static constexpr std::string_view separators = "{};";

    std::string_view take(std::size_t size) {
        const std::string_view taken = rest_.substr(0, size);
        rest_.remove_prefix(taken.size());
        return taken;
    }
    void skip_blanks() {
        while (!rest_.empty()) {
            if (rest_.starts_with('#') || rest_.starts_with("//"))
                take(rest_.find('\n'));
            else if (rest_.starts_with("/*"))
                take(std::min(rest_.find("*/", 2), rest_.size() - 2) + 2);
            else if (std::string_view(" \t\r\n").find(rest_.front()) != std::string_view::npos)
                take(1);
            else
                return;
        }
    }

    std::string_view rest_;
};

}  // namespace

Result<TsigKey> TsigKey::parse(std::string_view text) {
    const std::size_t first = text.find(':');
    const std::size_t last = text.rfind(':');
    if (first == std::string_view::npos)
        return fail(Status::usage, "not a TSIG key", {}, {}, "[ALGORITHM:]NAME:BASE64, or a file with -k FILE");
    Spelled spelled{usual, text.substr(0, first), text.substr(last + 1)};
    if (first != last) {
        spelled.algorithm = text.substr(0, first);
        spelled.name = text.substr(first + 1, last - first - 1);
    }
    return make_key(spelled, Status::usage);
}

Result<TsigKey> TsigKey::from_file_text(std::string_view text, const std::string& path) {
    Words words(text);
    std::optional<Spelled> found;
    unsigned depth = 0;
    bool begins = true;  // of a statement
    for (std::string_view word = words.next(); word.data() != nullptr; word = words.next()) {
        if (depth == 0 && begins && word == "key") {
            Spelled one{usual, words.next(), {}};
            if (words.next() != "{")
                return fail(Status::bad_input, "cannot read the key in", path, "there is no { behind its name");
            for (std::string_view inner = words.next(); inner.data() != nullptr && inner != "}"; inner = words.next()) {
                if (inner == "algorithm") one.algorithm = words.next();
                if (inner == "secret") one.secret = words.next();
            }
            if (found) return fail(Status::bad_input, "more than one TSIG key in", path, {}, "leave one in a file");
            found = one;
            begins = false;
            continue;
        }
        if (word == "{") ++depth;
        if (word == "}" && depth != 0) --depth;
        begins = word == ";";
    }
    if (!found)
        return fail(Status::bad_input, "there is no TSIG key in", path, {},
                    R"(key "NAME" { algorithm hmac-sha256; secret "BASE64"; }; as tsig-keygen writes it)");
    auto key = make_key(*found, Status::bad_input);
    if (!key) key.error().cause += (key.error().cause.empty() ? "in " : ", in ") + path;
    return key;
}

Result<TsigKey> TsigKey::read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return fail_errno(Status::cannot_read, "cannot read", path, errno);
    constexpr std::size_t most = 1 << 20;
    std::string text(most, '\0');
    file.read(text.data(), most);
    text.resize(static_cast<std::size_t>(file.gcount()));
    if (file.bad() || (text.empty() && !file.eof())) return fail_errno(Status::cannot_read, "cannot read", path, errno);
    return from_file_text(text, path);
}

}  // namespace fid::dns
