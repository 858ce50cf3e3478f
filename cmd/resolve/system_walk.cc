// SPDX-License-Identifier: MIT
#include "cmd/resolve/system_walk.h"

#include <netdb.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>

#include "cmd/resolve/ask.h"
#include "dns/hosts_file.h"
#include "dns/nss_module.h"
#include "dns/rdata.h"
#include "dns/resolv_conf.h"
#include "report/interrupt.h"

namespace fid::cmd::resolve {
namespace {

using dns::NssAction;
using dns::NssStatus;

std::string text_of(const char* path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::string counted(std::size_t count, std::string_view what) {
    return count == 0 ? "no " + std::string(what)
                      : std::to_string(count) + " " + std::string(what) + (count == 1 ? "" : "es");
}

/// localhost and all below it (RFC 6761 section 6.3).
bool is_localhost(const dns::Name& name) { return name.is_within(*dns::Name::parse("localhost")); }

struct Known {
    std::string_view service, what;
};
/// Modules whose work is done elsewhere; the longest name that fits counts.
constexpr std::array others{
    Known{"myhostname", "knows this machine's own name, localhost, _gateway and _outbound"},
    Known{"mymachines", "knows the containers of systemd-machined"},
    Known{"resolve", "is systemd-resolved, with servers and caches of its own"},
    Known{"mdns4_minimal", "is multicast DNS, IPv4, for names NAME.local only"},
    Known{"mdns6_minimal", "is multicast DNS, IPv6, for names NAME.local only"},
    Known{"mdns_minimal", "is multicast DNS for names NAME.local only"},
    Known{"mdns4", "is multicast DNS, IPv4"},
    Known{"mdns6", "is multicast DNS, IPv6"},
    Known{"mdns", "is multicast DNS"},
    Known{"wins", "is NetBIOS, through Samba"},
    Known{"libvirt", "knows libvirt's machines"},
    Known{"libvirt_guest", "knows libvirt's machines"},
    Known{"sss", "is SSSD"},
    Known{"db", "is a database in /var/lib/misc"},
};

NssStatus status_of(int code) {
    if (code == 0) return NssStatus::success;
    if (code == EAI_AGAIN) return NssStatus::try_again;
    return code == EAI_NONAME || code == EAI_NODATA || code == EAI_ADDRFAMILY ? NssStatus::not_found
                                                                              : NssStatus::unavailable;
}

std::string_view action_text(NssAction action) {
    static constexpr std::array<std::string_view, 3> words{"go on", "stop", "merge"};
    return words.at(static_cast<std::size_t>(action));
}

void add_new(std::vector<Address>& to, const std::vector<Address>& from) {
    for (const Address& address : from)
        if (std::ranges::find(to, address) == to.end()) to.push_back(address);
}

}  // namespace

Status SystemAnswer::status() const {
    switch (status_of(code)) {
        case NssStatus::success:
            return Status::success;
        case NssStatus::try_again:
            return Status::timeout;
        case NssStatus::not_found:
            return Status::negative;
        default:
            return Status::host_not_found;
    }
}

SystemAnswer ask_system(const std::string& name, transport::FamilyChoice family) {
    addrinfo hints{};
    hints.ai_family = family == transport::FamilyChoice::any  ? AF_UNSPEC
                      : family == transport::FamilyChoice::v4 ? AF_INET
                                                              : AF_INET6;
    hints.ai_socktype = SOCK_STREAM;  // one entry an address, not one a socket type
    hints.ai_flags = AI_CANONNAME;
    addrinfo* first = nullptr;
    SystemAnswer answer;
    answer.code = getaddrinfo(name.c_str(), nullptr, &hints, &first);
    const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> list(first, &freeaddrinfo);
    if (answer.code != 0) answer.reason = answer.code == EAI_SYSTEM ? std::strerror(errno) : gai_strerror(answer.code);
    for (const addrinfo* one = list.get(); one != nullptr; one = one->ai_next) {
        if (one->ai_canonname != nullptr) answer.canonical = one->ai_canonname;
        sockaddr_storage storage{};
        std::memcpy(&storage, one->ai_addr, std::min<std::size_t>(one->ai_addrlen, sizeof storage));
        if (const auto address = transport::SocketAddress(storage, one->ai_addrlen).address())
            add_new(answer.addresses, {*address});
    }
    return answer;
}

SystemWalk::SystemWalk(const Settings& settings, Tell tell)
    : settings_(settings),
      tell_(std::move(tell)),
      order_(dns::parse_hosts_order(text_of("/etc/nsswitch.conf"))),
      hosts_(text_of("/etc/hosts")) {}

bool SystemWalk::wanted(const Address& address) const {
    const auto family = settings_.exchange.dial.family;
    return family == transport::FamilyChoice::any || address.is_v4() == (family == transport::FamilyChoice::v4);
}

std::vector<Address> SystemWalk::walk(const std::string& name) {
    std::vector<Address> found;
    if (const auto literal = Address::parse(name, Reading::legacy)) {
        SystemStep step;
        step.service = "literal";
        step.status = NssStatus::success;
        step.action = action_text(NssAction::stop);
        step.detail = "an address; nobody is asked";
        step.addresses = {*literal};
        tell_(step);
        return step.addresses;
    }
    SystemStep conf;
    conf.service = "nsswitch.conf";
    conf.detail =
        (order_.line != 0 ? "line " + std::to_string(order_.line) + ": " : "no line for hosts, so ") + order_.text();
    tell_(conf);
    for (const dns::NssService& service : order_.services) {
        SystemStep step = ask(service, name);
        const NssAction action = service.action(*step.status);
        step.action = action_text(action);
        tell_(step);
        if (*step.status == NssStatus::success) add_new(found, step.addresses);
        if (action == NssAction::stop || report::interrupted()) break;
    }
    return found;
}

SystemStep SystemWalk::ask(const dns::NssService& service, const std::string& name) {
    SystemStep step;
    if (service.name == "files")
        step = ask_files(name);
    else if (service.name == "dns")
        step = ask_dns(name);
    else
        step = ask_other(service.name, name);
    step.service = service.name;
    return step;
}

SystemStep SystemWalk::ask_files(const std::string& name) {
    SystemStep step;
    step.status = NssStatus::not_found;
    for (const dns::HostsLine& line : dns::find_in_hosts(hosts_, name)) {
        if (!step.detail.empty()) step.detail += "; ";
        step.detail += "/etc/hosts line " + std::to_string(line.number) + ": " + line.address.text();
        for (const std::string& each : line.names) step.detail += " " + each;
        if (!wanted(line.address)) {
            step.detail += " (of the other family)";
            continue;
        }
        step.status = NssStatus::success;
        if (!step.line) step.line = line.number;
        add_new(step.addresses, {line.address});
    }
    if (step.detail.empty()) step.detail = "/etc/hosts does not name it";
    return step;
}

/// As glibc goes through the list: both families are asked for at once, NXDOMAIN, no data and SERVFAIL lead to the next
/// name, silence to none. What was said of the name as it is counts where that was asked first.
SystemStep SystemWalk::ask_dns(const std::string& name) {
    const auto absolute = dns::Name::parse(name);
    if (absolute && is_localhost(*absolute)) {
        SystemStep step;
        step.status = NssStatus::not_found;
        step.detail = "not asked: localhost is this machine (RFC 6761 section 6.3)";
        return step;
    }
    dns::ResolvConf conf = dns::system_resolv_conf();
    if (settings_.ndots) conf.ndots = *settings_.ndots;
    const std::vector<std::string> names = dns::search_names(name, conf);
    std::optional<NssStatus> as_it_is;
    SystemStep step;
    for (std::size_t i = 0; i < names.size(); ++i) {
        const auto candidate = dns::Name::parse(names[i]);
        if (!candidate) continue;  // too long with that suffix
        step = ask_candidate(*candidate);
        if (i == 0 && absolute && *candidate == *absolute) as_it_is = step.status;
        const bool silent = step.status == NssStatus::try_again && !step.detail.ends_with("SERVFAIL");
        if (step.status == NssStatus::success || silent || report::interrupted()) return step;
        if (i + 1 == names.size()) break;
        step.service = "dns";
        step.action = "next name";
        tell_(step);
        step = {};
    }
    if (!step.status) step.status = NssStatus::not_found;
    if (as_it_is) step.status = as_it_is;
    return step;
}

SystemStep SystemWalk::ask_candidate(const dns::Name& candidate) {
    Settings settings = settings_;
    Group group;
    group.name = candidate.text();
    group.candidates = {candidate};
    const auto family = settings_.exchange.dial.family;
    if (family != transport::FamilyChoice::v6) group.types.push_back(dns::type::a);
    if (family != transport::FamilyChoice::v4) group.types.push_back(dns::type::aaaa);
    settings.groups = {std::move(group)};
    settings.next_on_failure = true;
    settings.exchange.dial.family = transport::FamilyChoice::any;  // that of the addresses, not of the servers
    SystemStep step;
    step.status = NssStatus::not_found;
    step.detail = candidate.text();
    ask_all(settings, [&](const Outcome& outcome) {
        step.detail += (step.detail.ends_with('.') ? " " : ", ") + dns::type_text(outcome.question.type) + ": ";
        step.server = outcome.server.text();
        if (!outcome.answer) {
            const bool refused = outcome.answer.error().status == Status::cannot_connect;
            step.detail += outcome.answer.error().cause;
            if (step.status != NssStatus::success)
                step.status = refused ? NssStatus::unavailable : NssStatus::try_again;
            return true;
        }
        const dns::Message message = outcome.answer->message();
        std::vector<Address> found;
        dns::Records records(message);
        for (dns::Record record; records.next(record) && record.section == dns::Section::answer;)
            if (const auto address = dns::rdata_address(message, record);
                address && record.type == outcome.question.type)
                found.push_back(*address);
        const bool failed = outcome.rcode() != dns::rcode::no_error && outcome.rcode() != dns::rcode::name_error;
        step.detail += outcome.rcode() == dns::rcode::no_error ? counted(found.size(), "address")
                                                               : dns::rcode_text(outcome.rcode());
        if (!found.empty())
            step.status = NssStatus::success;
        else if (failed && step.status != NssStatus::success)
            step.status = NssStatus::try_again;
        add_new(step.addresses, found);
        return true;
    });
    return step;
}

SystemStep SystemWalk::ask_other(const std::string& service, const std::string& name) {
    SystemStep step;
    const auto* const known = std::ranges::find(others, std::string_view(service), &Known::service);
    if (known != others.end()) step.detail = std::string(known->what) + "; ";
    auto answer = dns::ask_nss_module(service, name);
    step.status = answer ? answer->status : NssStatus::unavailable;
    if (!answer) {
        step.detail += "not installed";
        return step;
    }
    std::erase_if(answer->addresses, [&](const Address& address) { return !wanted(address); });
    step.detail += "its module has " + counted(answer->addresses.size(), "address");
    step.addresses = std::move(answer->addresses);
    return step;
}

}  // namespace fid::cmd::resolve
