// SPDX-License-Identifier: MIT
// Names for numbers: users always, hosts and services with --resolve. Each is looked up once.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "address/address.h"
#include "sockets/list.h"

namespace fid::cmd::sockets {

class Names {
  public:
    /// The user's name, or the number as text where it has none.
    const std::string& user(std::uint32_t uid);
    /// Looks up all addresses of the sockets, several at once: a name server that does not answer costs seconds.
    void find_hosts(const fid::sockets::Snapshot& snapshot);
    /// "" where the address has no name, or find_hosts() did not look for it.
    [[nodiscard]] std::string_view host(const Address& address) const;

  private:
    std::map<std::uint32_t, std::string> users_;
    std::map<Address, std::string> hosts_;
};

}  // namespace fid::cmd::sockets
