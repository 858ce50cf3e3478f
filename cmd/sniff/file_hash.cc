// SPDX-License-Identifier: MIT
#include "cmd/sniff/file_hash.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <memory>
#include <vector>

#include "report/text.h"

namespace fid::cmd::sniff {
namespace {

std::string hash_text(EVP_MD_CTX* context) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    ::EVP_DigestFinal_ex(context, digest.data(), &size);
    Text text;
    text.hex_bytes({digest.data(), size});
    return text.take();
}

}  // namespace

Result<Hashes> hash_file(const std::string& path, report::Progress& progress) {
    struct Free {
        void operator()(EVP_MD_CTX* context) const { ::EVP_MD_CTX_free(context); }
    };
    struct Close {
        int descriptor;
        ~Close() { ::close(descriptor); }
    };
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return fail_errno(Status::cannot_read, "cannot hash", path, errno);
    const Close close{descriptor};
    const std::unique_ptr<EVP_MD_CTX, Free> sha256(::EVP_MD_CTX_new()), sha1(::EVP_MD_CTX_new());
    if (!sha256 || !sha1 || ::EVP_DigestInit_ex(sha256.get(), ::EVP_sha256(), nullptr) != 1 ||
        ::EVP_DigestInit_ex(sha1.get(), ::EVP_sha1(), nullptr) != 1) {
        return fail(Status::cannot_read, "cannot hash", path, "OpenSSL has no SHA-256 or SHA-1");
    }
    std::vector<std::uint8_t> block(std::size_t{256} << 10U);
    std::uint64_t hashed = 0;
    while (true) {
        const ssize_t count = ::read(descriptor, block.data(), block.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return fail_errno(Status::cannot_read, "cannot hash", path, errno);
        if (count == 0) break;
        ::EVP_DigestUpdate(sha256.get(), block.data(), static_cast<std::size_t>(count));
        ::EVP_DigestUpdate(sha1.get(), block.data(), static_cast<std::size_t>(count));
        hashed += static_cast<std::uint64_t>(count);
        progress.update(hashed);
    }
    return Hashes{hash_text(sha256.get()), hash_text(sha1.get())};
}

}  // namespace fid::cmd::sniff
