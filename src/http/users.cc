// SPDX-License-Identifier: MIT
#include "http/users.h"

#include <crypt.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/sha.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <vector>

#include "encoding/base64.h"
#include "report/text.h"
#include "transport/descriptor.h"
#include "transport/http_head.h"

namespace fid::http {
namespace {

constexpr std::size_t longest_file = std::size_t{1024} * 1024;
constexpr std::size_t longest_credentials = 1024;
/// So many proofs are remembered; then the memory starts anew.
constexpr std::size_t most_known = 1024;

using Digest = std::array<unsigned char, 32>;

Digest digest_of(std::string_view text) {
    Digest digest{};
    SHA256(as_bytes(text).data(), text.size(), digest.data());
    return digest;
}

/// In the same time whatever they are.
bool same(std::string_view one, std::string_view other) {
    const Digest left = digest_of(one), right = digest_of(other);
    return CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

bool is_hash(std::string_view secret) { return secret.starts_with('$'); }

/// What crypt(3) makes of a password with the salt and method of `hash`; "" where it knows no such method.
std::string hashed(std::string_view password, const std::string& hash) {
    const auto data = std::make_unique<crypt_data>();
    const char* const made = crypt_r(std::string(password).c_str(), hash.c_str(), data.get());
    return made == nullptr || made[0] == '*' ? std::string() : std::string(made);
}

}  // namespace

Result<Users> Users::parse(std::string_view text, const std::string& name) {
    Users users;
    unsigned number = 0;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        ++number;
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (line.empty() || line.starts_with('#')) continue;
        const std::size_t colon = line.find(':');
        const std::string secret(colon == std::string_view::npos ? "" : line.substr(colon + 1));
        std::string cause;
        if (colon == 0 || secret.empty()) cause = "it is not user:password";
        if (is_hash(secret) && hashed("", secret).empty()) cause = "its hash is of a kind that crypt(3) does not know";
        if (!cause.empty()) {
            return fail(Status::bad_input, "cannot use line " + std::to_string(number) + " of", name, std::move(cause),
                        "openssl passwd -6 makes a hash, htpasswd -nB a whole line");
        }
        if (users.stand_in_.empty() || is_hash(secret)) users.stand_in_ = secret;
        users.secrets_.emplace(line.substr(0, colon), secret);
    }
    if (users.secrets_.empty()) return fail(Status::bad_input, "cannot use", name, "it names no users");
    return users;
}

Result<Users> Users::read(const std::string& path) {
    const transport::Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat about{};
    if (!file.valid() || fstat(file.get(), &about) != 0)
        return fail_errno(Status::cannot_read, "cannot read", path, errno);
    if (S_ISREG(about.st_mode) && (about.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        return fail(Status::cannot_read, "cannot use", path, "others may read it, and it has passwords",
                    "chmod 600 " + path);
    std::string text;
    std::array<char, 4096> block{};
    while (true) {
        const ssize_t count = ::read(file.get(), block.data(), block.size());
        if (count < 0) return fail_errno(Status::cannot_read, "cannot read", path, errno);
        if (count == 0) break;
        text.append(block.data(), static_cast<std::size_t>(count));
        if (text.size() > longest_file) return fail(Status::bad_input, "cannot use", path, "it is longer than 1 MiB");
    }
    return parse(text, path);
}

bool Users::proves(std::string_view user, std::string_view password) const {
    const auto found = secrets_.find(user);
    const bool there = found != secrets_.end();
    const std::string& secret = there ? found->second : stand_in_;
    const bool right = is_hash(secret) ? same(hashed(password, secret), secret) : same(password, secret);
    return right && there;
}

std::optional<std::string_view> Users::check(std::string_view authorization) const {
    const std::size_t space = authorization.find(' ');
    if (space == std::string_view::npos || !transport::same_token(authorization.substr(0, space), "basic"))
        return std::nullopt;
    authorization.remove_prefix(std::min(authorization.find_first_not_of(' ', space), authorization.size()));
    if (authorization.size() > longest_credentials) return std::nullopt;
    const auto decoded = encoding::read_base64_strict(authorization);
    if (!decoded) return std::nullopt;
    const std::string_view credentials = as_text(*decoded);
    const std::size_t colon = credentials.find(':');
    // crypt(3) ends at NUL: a password with one is none.
    if (colon == std::string_view::npos || credentials.find('\0') != std::string_view::npos) return std::nullopt;
    const std::string_view user = credentials.substr(0, colon);
    if (!proves(user, credentials.substr(colon + 1))) return std::nullopt;
    return secrets_.find(user)->first;
}

std::optional<std::string_view> Gate::check(std::string_view authorization) {
    if (authorization.empty()) return std::nullopt;
    const Digest digest = digest_of(authorization);
    if (const auto found = known_.find(digest); found != known_.end()) return found->second;
    const auto user = users_.check(authorization);
    if (!user) return std::nullopt;
    if (known_.size() == most_known) known_.clear();
    known_.emplace(digest, *user);
    return user;
}

}  // namespace fid::http
