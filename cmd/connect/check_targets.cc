// SPDX-License-Identifier: MIT
#include "cmd/connect/check_targets.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "address/endpoint.h"
#include "address/port_list.h"
#include "cmd/parallel.h"

namespace fid::cmd::connect {
namespace {

using probe::CheckTarget;
using transport::FamilyChoice;

constexpr Uint128 most_hosts = Uint128{1} << 20U;
constexpr std::size_t most_addresses = 16;  // of a name
constexpr std::string_view how =
    "fid connect --check HOST... PORTS, like: fid connect --check example.org 20-25,80,443";

/// A word that names a host or many.
struct Host {
    std::string name;  ///< to be looked up; "" where it is an address or a range
    std::vector<Address> addresses;
    Range range;
    Transport transport = Transport::tcp;
    std::optional<std::uint16_t> port;
};

/// An address, a prefix or a range that was mistyped, rather than a name?
bool is_address_like(std::string_view word) {
    return word.find('/') != std::string_view::npos || word.find_first_not_of("0123456789.-") == std::string_view::npos;
}

Result<Host> read_host(const std::string& word) {
    Host host;
    std::string_view rest = word;
    if (const std::size_t scheme = rest.find("://"); scheme != std::string_view::npos) {
        if (rest.starts_with("udp://"))
            host.transport = Transport::udp;
        else if (!rest.starts_with("tcp://"))
            return fail(Status::usage, "cannot check", word, "only tcp:// and udp:// ports can be checked");
        rest.remove_prefix(scheme + 3);
    }
    if (const auto address = Address::parse(rest)) {
        host.addresses = {*address};
        host.name = rest;
        return host;
    }
    if (const auto range = Range::parse(rest)) {
        const auto prefix = range->as_prefix();
        host.range = prefix ? host_range(*prefix) : *range;
        return host;
    } else if (parse_ports(rest) && rest.find_first_not_of("0123456789,-") == std::string_view::npos) {
        return fail(Status::usage, "not a host:", word, {},
                    "several ports are one word, with commas: 80,443,8000-8010");
    } else if (is_address_like(rest)) {
        return std::unexpected(range.error());
    }
    const auto endpoint = Endpoint::parse(rest);
    if (!endpoint) return std::unexpected(endpoint.error());
    if (!endpoint->scheme.empty() || !endpoint->path.empty() || endpoint->host.empty())
        return fail(Status::usage, "not a host:", word, {}, std::string(how));
    host.name = endpoint->address ? endpoint->address->text() : endpoint->host;
    if (endpoint->address) host.addresses = {*endpoint->address};
    host.port = endpoint->port;
    return host;
}

bool wanted(Family family, FamilyChoice choice) {
    return choice == FamilyChoice::any || (family == Family::v4) == (choice == FamilyChoice::v4);
}

class Reader {
  public:
    Reader(Context& context, FamilyChoice family) : context_(context), family_(family) {}

    Result<CheckList> run() {
        if (auto read = read_words(); !read) return std::unexpected(std::move(read.error()));
        std::vector<std::size_t> names;
        for (std::size_t i = 0; i < hosts_.size(); ++i)
            if (hosts_[i].addresses.empty() && !hosts_[i].name.empty()) names.push_back(i);
        std::vector<Result<std::vector<Address>>> found(names.size());
        in_parallel(names.size(), [&](std::size_t i) { found[i] = transport::lookup(hosts_[names[i]].name, family_); });
        for (std::size_t i = 0; i < names.size(); ++i) {
            Host& host = hosts_[names[i]];
            if (found[i])
                host.addresses = std::move(*found[i]);
            else
                unknown(found[i].error());
            if (host.addresses.size() > most_addresses) host.addresses.resize(most_addresses);
        }
        for (const Host& host : hosts_)
            if (auto added = add(host); !added) return std::unexpected(std::move(added.error()));
        return std::move(list_);
    }

  private:
    Result<void> read_words() {
        const auto& words = context_.args.words();
        const bool has_ports = parse_ports(words.back()).has_value();
        if (!has_ports && words.size() > 1) {
            // A last word that is no host with a port was meant as the ports: the fault lies there.
            const auto last = read_host(words.back());
            if (!last || !last->port) return std::unexpected(parse_ports(words.back()).error());
        }
        for (std::size_t i = 0; i < words.size() - (has_ports ? 1 : 0); ++i) {
            auto host = read_host(words[i]);
            if (!host) return std::unexpected(std::move(host.error()));
            if (!has_ports && !host->port)
                return fail(Status::usage, "no ports given for", words[i], {}, std::string(how));
            hosts_.push_back(std::move(*host));
        }
        if (hosts_.empty()) return fail(Status::usage, "no host given", {}, {}, std::string(how));
        if (!has_ports) return {};
        // Names may stand for other ports over UDP.
        for (const Transport transport : {Transport::tcp, Transport::udp})
            common_[transport == Transport::udp ? 1 : 0] =
                &list_.ports.emplace_back(*parse_ports(words.back(), transport));
        return {};
    }

    void unknown(const Error& error) {
        const Status status = context_.log.error(error);
        if (list_.status == Status::success) list_.status = status;
        ++list_.unknown;
    }

    Result<void> add(const Host& host) {
        const bool named = !host.addresses.empty();
        if (!named && !host.name.empty()) return {};  // not found, which was said
        const Family family = named ? host.addresses.front().family() : host.range.family;
        if (!wanted(family, family_))
            return fail(Status::usage, "cannot use", named ? host.name : host.range.text(),
                        "it is of the other family than -4, -6 or --source");
        CheckTarget target{
            .name = host.name, .addresses = host.addresses, .range = host.range, .transport = host.transport};
        const Uint128 size = host.range.last - host.range.first;
        if (!named && (size >= most_hosts || (hosts_seen_ += size) >= most_hosts))
            return fail(Status::usage, "too many hosts:", host.range.text(),
                        "more than " + decimal(most_hosts) + " together",
                        "check smaller prefixes one after the other: fid ipcalc split");
        if (host.port) {
            if (*host.port == 0) return fail(Status::usage, "not a port to connect to:", "0");
            target.ports = list_.ports.emplace_back(1, *host.port);
        } else {
            target.ports = *common_[host.transport == Transport::udp ? 1 : 0];
        }
        list_.targets.push_back(std::move(target));
        return {};
    }

    Context& context_;
    FamilyChoice family_;
    CheckList list_;
    std::vector<Host> hosts_;
    std::array<const std::vector<std::uint16_t>*, 2> common_{};  ///< PORTS, for TCP and UDP
    Uint128 hosts_seen_ = 0;
};

}  // namespace

Uint128 CheckList::count() const {
    Uint128 count = 0;
    for (const CheckTarget& target : targets) count += target.hosts() * target.ports.size();
    return count;
}

Result<CheckList> read_check_targets(Context& context, FamilyChoice family) { return Reader(context, family).run(); }

}  // namespace fid::cmd::connect
