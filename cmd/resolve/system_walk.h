// SPDX-License-Identifier: MIT
// The way of a name through the services of nsswitch.conf(5), walked by ourselves so that every step can be told.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "cmd/resolve/settings.h"
#include "dns/nsswitch.h"

namespace fid::cmd::resolve {

/// One service that was asked, or one name of a search list.
struct SystemStep {
    std::string service;  ///< "files", "dns"
    std::optional<dns::NssStatus> status;
    std::string action;  ///< what comes then: "stop", "go on"
    std::string detail;
    std::vector<Address> addresses;  ///< that it has for the name
    std::optional<unsigned> line;    ///< of /etc/hosts
    std::string server;              ///< that was asked
};

/// What getaddrinfo(3) says: the truth, which the steps are to explain.
struct SystemAnswer {
    int code = 0;        ///< EAI_...
    std::string reason;  ///< of a code that is not 0
    std::string canonical;
    std::vector<Address> addresses;  ///< in its order

    [[nodiscard]] Status status() const;
};
[[nodiscard]] SystemAnswer ask_system(const std::string& name, transport::FamilyChoice family);

class SystemWalk {
  public:
    using Tell = std::function<void(const SystemStep&)>;
    /// Reads nsswitch.conf, hosts and resolv.conf of /etc.
    explicit SystemWalk(const Settings& settings, Tell tell);

    [[nodiscard]] const dns::NssOrder& order() const { return order_; }
    /// Goes from service to service and gives the addresses that the name comes to have. Services that are not read
    /// here are asked through their modules.
    [[nodiscard]] std::vector<Address> walk(const std::string& name);

  private:
    SystemStep ask(const dns::NssService& service, const std::string& name);
    SystemStep ask_files(const std::string& name);
    SystemStep ask_dns(const std::string& name);
    SystemStep ask_candidate(const dns::Name& candidate);
    SystemStep ask_other(const std::string& service, const std::string& name);
    [[nodiscard]] bool wanted(const Address& address) const;

    const Settings& settings_;
    Tell tell_;
    dns::NssOrder order_;
    std::string hosts_;
};

}  // namespace fid::cmd::resolve
