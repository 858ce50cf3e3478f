// SPDX-License-Identifier: MIT
#include "dns/hosts_file.h"

#include "dns/config_words.h"
#include "dns/name.h"

namespace fid::dns {

std::vector<HostsLine> find_in_hosts(std::string_view hosts, std::string_view name) {
    std::vector<HostsLine> found;
    for (unsigned number = 1; !hosts.empty(); ++number) {
        std::string_view line = without_comment(take_line(hosts));
        HostsLine one;
        one.number = number;
        const std::string_view address = take_word(line);
        bool named = false;
        for (std::string_view word = take_word(line); !word.empty(); word = take_word(line)) {
            named = named || same_name(as_bytes(word), as_bytes(name));
            one.names.emplace_back(word);
        }
        if (!named) continue;
        auto read = Address::parse(address);
        if (!read) continue;
        one.address = *read;
        found.push_back(std::move(one));
    }
    return found;
}

}  // namespace fid::dns
