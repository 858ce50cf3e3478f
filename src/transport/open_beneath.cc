// SPDX-License-Identifier: MIT
#include "transport/open_beneath.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>

#include <cerrno>
#include <cstdint>

namespace fid::transport {

Descriptor open_beneath(const Descriptor& folder, const std::string& path, int flags, Links links, unsigned mode) {
    open_how how{};
    how.flags = static_cast<std::uint64_t>(static_cast<unsigned>(flags | O_CLOEXEC));
    how.mode = mode;
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS | (links == Links::refused ? RESOLVE_NO_SYMLINKS : 0U);
    // EAGAIN: something was renamed on the way, and the kernel does not know whether that led out.
    constexpr int most_tries = 3;
    long number = -1;
    for (int tries = 0; tries < most_tries; ++tries) {
        number = ::syscall(SYS_openat2, folder.get(), path.c_str(), &how, sizeof(how));
        if (number >= 0 || errno != EAGAIN) break;
    }
    return Descriptor(static_cast<int>(number));
}

}  // namespace fid::transport
