// SPDX-License-Identifier: MIT
// A module of the name service switch (libnss_NAME.so.2), asked directly: getaddrinfo(3) would not tell which of the
// modules said what.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "address/address.h"
#include "dns/nsswitch.h"

namespace fid::dns {

struct NssAnswer {
    NssStatus status = NssStatus::unavailable;
    std::vector<Address> addresses;
};
/// Blocks for as long as the module does. Nothing where it is not installed, or knows no hosts.
[[nodiscard]] std::optional<NssAnswer> ask_nss_module(const std::string& service, const std::string& name);

}  // namespace fid::dns
