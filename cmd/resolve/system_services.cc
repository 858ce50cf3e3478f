// SPDX-License-Identifier: MIT
#include "cmd/resolve/system_services.h"

#include <netdb.h>
#include <netinet/in.h>

#include <array>
#include <charconv>
#include <optional>
#include <vector>

#include "cmd/resolve/system.h"

namespace fid::cmd::resolve {
namespace {

using report::Field;
using report::Type;

constexpr std::array service_fields{
    Field{"name", Type::text, "the service's own name"},
    Field{"port", Type::integer, "its port"},
    Field{"protocol", Type::text, "tcp, udp, sctp or dccp"},
    Field{"aliases", Type::list, "its other names"},
    Field{"port_name", Type::text, "what the port is called: not always the same name"},
};

struct Service {
    std::string name;
    std::uint16_t port = 0;
    std::vector<std::string> aliases;
};

/// What getservbyname_r() and getservbyport_r() fill in.
template <class Call>
std::optional<Service> find(Call call) {
    std::array<char, 8192> room;
    servent entry{};
    servent* found = nullptr;
    if (call(&entry, room.data(), room.size(), &found) != 0 || found == nullptr) return std::nullopt;
    Service service{found->s_name, ntohs(static_cast<std::uint16_t>(found->s_port)), {}};
    for (char** alias = found->s_aliases; *alias != nullptr; ++alias) service.aliases.emplace_back(*alias);
    return service;
}

std::optional<Service> by_name(const std::string& name, const char* protocol) {
    return find([&](servent* entry, char* room, std::size_t size, servent** found) {
        return getservbyname_r(name.c_str(), protocol, entry, room, size, found);
    });
}

std::optional<Service> by_port(std::uint16_t port, const char* protocol) {
    return find([&](servent* entry, char* room, std::size_t size, servent** found) {
        return getservbyport_r(htons(port), protocol, entry, room, size, found);
    });
}

std::optional<std::uint16_t> read_number(const std::string& text) {
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return port;
}

void write(report::Output& out, const Service& service, const char* protocol) {
    static constexpr std::array<std::string_view, 5> columns{"name", "port", "protocol", "aliases", "port_name"};
    report::Record record(system_service_record);
    report::List aliases;
    for (const std::string& alias : service.aliases) aliases.emplace_back(alias);
    record.set("name", service.name).set("port", unsigned{service.port}).set("protocol", protocol);
    record.set("aliases", std::move(aliases));
    if (const auto back = by_port(service.port, protocol)) record.set("port_name", back->name);
    if (out.plain_text())
        out.write_row(record, columns);
    else
        out.write(record);
}

}  // namespace

constinit const report::RecordType system_service_record{"service", "--system: a service of services(5).",
                                                         service_fields};

bool tell_services(report::Output& out, const std::string& word) {
    const std::size_t slash = word.find('/');
    const std::string name = word.substr(0, slash);
    const std::string_view wanted =
        slash == std::string::npos ? std::string_view() : std::string_view(word).substr(slash + 1);
    const auto port = read_number(name);
    bool any = false;
    for (const char* const protocol : {"tcp", "udp", "sctp", "dccp"}) {
        if (slash != std::string::npos && wanted != protocol) continue;
        const auto service = port ? by_port(*port, protocol) : by_name(name, protocol);
        if (!service) continue;
        write(out, *service, protocol);
        any = true;
    }
    return any;
}

}  // namespace fid::cmd::resolve
