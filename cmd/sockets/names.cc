// SPDX-License-Identifier: MIT
#include "cmd/sockets/names.h"

#include <pwd.h>

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

#include "report/interrupt.h"
#include "transport/lookup.h"

namespace fid::cmd::sockets {

const std::string& Names::user(std::uint32_t uid) {
    const auto [place, fresh] = users_.try_emplace(uid);
    if (fresh) {
        const passwd* entry = getpwuid(uid);
        place->second = entry != nullptr ? std::string(entry->pw_name) : std::to_string(uid);
    }
    return place->second;
}

void Names::find_hosts(const fid::sockets::Snapshot& snapshot) {
    std::vector<std::pair<const Address, std::string>*> fresh;
    for (const auto& socket : snapshot.sockets) {
        if (!socket.is_ip()) continue;
        for (const Address& address : {socket.local, socket.peer}) {
            if (address.number() == 0) continue;
            const auto [place, is_new] = hosts_.try_emplace(address);
            if (is_new) fresh.push_back(&*place);
        }
    }
    constexpr std::size_t most_at_once = 16;
    std::atomic<std::size_t> next = 0;
    std::vector<std::jthread> workers;
    for (std::size_t i = 0; i < std::min(most_at_once, fresh.size()); ++i) {
        workers.emplace_back([&] {
            for (std::size_t at = next++; at < fresh.size() && !report::interrupted(); at = next++)
                fresh[at]->second = transport::reverse_lookup(fresh[at]->first);
        });
    }
}

std::string_view Names::host(const Address& address) const {
    const auto found = hosts_.find(address);
    return found == hosts_.end() ? std::string_view() : std::string_view(found->second);
}

}  // namespace fid::cmd::sockets
