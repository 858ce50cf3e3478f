// SPDX-License-Identifier: MIT
#include "sockets/holders.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <optional>
#include <string_view>

#include "transport/descriptor.h"

namespace fid::sockets {
namespace {

using transport::Descriptor;

template <class Number>
std::optional<Number> whole_number(std::string_view text) {
    Number value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

/// "socket:[1234]"
std::optional<std::uint64_t> socket_inode(std::string_view link) {
    constexpr std::string_view head = "socket:[";
    if (!link.starts_with(head) || !link.ends_with(']')) return std::nullopt;
    return whole_number<std::uint64_t>(link.substr(head.size(), link.size() - head.size() - 1));
}

/// Calls visit(name) for the entries of a folder that are numbers. getdents64 itself: a process may have a million
/// descriptors, and readdir would fetch them 32 KiB at a time.
template <class Visit>
void each_number(int folder, Visit&& visit) {
    static std::vector<char> buffer(256 * 1024);
    std::vector<char> mine;
    mine.swap(buffer);  // a walk within a walk gets a buffer of its own
    if (mine.empty()) mine.resize(256 * 1024);
    for (;;) {
        const auto size = ::getdents64(folder, mine.data(), mine.size());
        if (size <= 0) break;
        for (std::size_t at = 0; at < static_cast<std::size_t>(size);) {
            const auto* entry = reinterpret_cast<const dirent64*>(mine.data() + at);
            if (entry->d_name[0] >= '0' && entry->d_name[0] <= '9') visit(static_cast<const char*>(entry->d_name));
            at += entry->d_reclen;
        }
    }
    buffer.swap(mine);
}

struct Wanted {
    std::uint64_t inode;
    std::uint32_t socket;
};

struct Hit {
    std::uint32_t socket;
    Holder holder;
};

class Search {
  public:
    explicit Search(std::span<const Socket> sockets) {
        for (std::size_t i = 0; i < sockets.size(); ++i)
            if (sockets[i].inode != 0) wanted_.push_back({sockets[i].inode, static_cast<std::uint32_t>(i)});
        std::ranges::sort(wanted_, {}, &Wanted::inode);
    }

    void run() {
        if (wanted_.empty()) return;
        const Descriptor proc(::open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        if (proc.valid()) each_number(proc.get(), [&](const char* name) { process(proc.get(), name); });
    }

    std::vector<Hit> hits;
    std::size_t denied = 0;

  private:
    void process(int proc, const char* pid) {
        const std::string path = std::string(pid) + "/fd";
        const Descriptor folder(::openat(proc, path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        if (!folder.valid()) {
            if (errno == EACCES || errno == EPERM) ++denied;
            return;
        }
        Holder holder{.pid = whole_number<std::int32_t>(pid).value_or(0)};
        bool described = false;
        each_number(folder.get(), [&](const char* descriptor) {
            std::array<char, 64> link;
            const auto size = ::readlinkat(folder.get(), descriptor, link.data(), link.size());
            if (size <= 0) return;
            const auto inode = socket_inode({link.data(), static_cast<std::size_t>(size)});
            if (!inode) return;
            for (const Wanted& one : std::ranges::equal_range(wanted_, *inode, {}, &Wanted::inode)) {
                if (!described) describe(proc, pid, holder);
                described = true;
                holder.descriptor = whole_number<std::int32_t>(descriptor).value_or(0);
                hits.push_back({one.socket, holder});
            }
        });
    }

    static void describe(int proc, const char* pid, Holder& holder) {
        struct stat facts{};
        if (::fstatat(proc, pid, &facts, 0) == 0) holder.uid = facts.st_uid;
        const std::string path = std::string(pid) + "/comm";
        const Descriptor file(::openat(proc, path.c_str(), O_RDONLY | O_CLOEXEC));
        std::array<char, 64> name;
        const auto size = file.valid() ? ::read(file.get(), name.data(), name.size()) : 0;
        holder.name.assign(name.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
        while (holder.name.ends_with('\n')) holder.name.pop_back();
    }

    std::vector<Wanted> wanted_;
};

}  // namespace

Holders find_holders(std::span<Socket> sockets) {
    Search search(sockets);
    search.run();
    std::ranges::sort(search.hits, [](const Hit& a, const Hit& b) {
        if (a.socket != b.socket) return a.socket < b.socket;
        if (a.holder.pid != b.holder.pid) return a.holder.pid < b.holder.pid;
        return a.holder.descriptor < b.holder.descriptor;
    });
    Holders found;
    found.denied = search.denied;
    found.list.reserve(search.hits.size());
    for (Hit& hit : search.hits) {
        Socket& socket = sockets[hit.socket];
        if (socket.holders++ == 0) socket.first_holder = static_cast<std::uint32_t>(found.list.size());
        found.list.push_back(std::move(hit.holder));
    }
    for (const Socket& socket : sockets)
        if (socket.inode != 0 && socket.holders == 0) ++found.without_holder;
    return found;
}

}  // namespace fid::sockets
