// SPDX-License-Identifier: MIT
#include "cmd/resolve/all_servers.h"

#include "cmd/resolve/compare.h"
#include "cmd/resolve/trace.h"
#include "report/interrupt.h"

namespace fid::cmd::resolve {
namespace {

using transport::Task;

/// A zone and where it is served.
struct Found {
    dns::Name zone;
    std::vector<dns::Host> hosts;
};

/// The zone that an SOA record of the answer is of.
std::optional<dns::Name> soa_owner(const dns::Message& message) {
    dns::Records records(message);
    for (dns::Record record; records.next(record) && record.section != dns::Section::additional;)
        if (record.type == dns::type::soa) return message.name(record.name_at);
    return std::nullopt;
}

Task<void> find_servers(dns::Iteration& iteration, dns::Name name, Result<Found>& found) {
    dns::Question question;
    question.name = name;
    question.type = dns::type::soa;
    auto resolving = iteration.resolve(question);
    auto finding = co_await std::move(resolving);
    Found result;
    result.zone = iteration.zone_around(name);
    if (finding) {
        // One server may have both a zone and its parent: the record says which it is.
        const dns::Step& first = finding->chain.front();
        const auto owner = soa_owner(first.answer->message());
        if (owner && owner->is_within(result.zone) && name.is_within(*owner)) result.zone = *owner;
    } else if (result.zone.is_root() || finding.error().status == Status::protocol_violation) {
        found = std::unexpected(std::move(finding.error()));
        co_return;
    }
    auto locating = iteration.servers_of(result.zone);
    auto hosts = co_await std::move(locating);
    if (!hosts) {
        found = std::unexpected(std::move(hosts.error()));
        co_return;
    }
    result.hosts = std::move(*hosts);
    found = std::move(result);
}

/// The servers by their names; the same address is asked once.
std::vector<Asked> servers_of(const Found& found) {
    std::vector<Asked> servers;
    for (const dns::Host& host : found.hosts) {
        const std::string name = host.name.is_root() ? std::string() : host.name.text();
        for (const dns::Server& server : host.servers) {
            const std::string text = server.text();
            const auto same =
                std::ranges::find_if(servers, [&](const Asked& other) { return other.server.text() == text; });
            if (same == servers.end())
                servers.push_back({name, server, {}, {}});
            else if (same->name.empty())
                same->name = name;
        }
        if (!host.servers.empty()) continue;
        Asked asked;
        asked.name = name;
        asked.out_of_order = Error{Status::host_not_found, "no address of", name, {}, {}};
        servers.push_back(std::move(asked));
    }
    return servers;
}

/// Why the answers of a server do not count.
std::optional<Error> out_of_order(const std::vector<Outcome>& outcomes) {
    for (const Outcome& outcome : outcomes) {
        if (!outcome.answer) return outcome.answer.error();
        const unsigned code = outcome.rcode();
        const std::string peer = outcome.answer->peer;
        if (outcome.status() == Status::protocol_violation)
            return Error{Status::protocol_violation, "a malformed answer by", peer, {}, {}};
        if (code != dns::rcode::no_error && code != dns::rcode::name_error)
            return Error{Status::server_error, "not served by", peer, dns::rcode_text(code), {}};
    }
    if (!outcomes.front().answer->message().header().has(packet::dns::flag_authoritative))
        return Error{Status::server_error, "not served by", outcomes.front().answer->peer, "not authoritative", {}};
    return std::nullopt;
}

/// Asks them all at the same time; false where that was interrupted.
bool ask_servers(Settings settings, const Group& group, const Found& found, std::vector<Asked>& servers) {
    std::vector<Asked*> reachable;
    settings.servers.clear();
    for (Asked& asked : servers) {
        if (asked.out_of_order) continue;
        settings.servers.push_back(asked.server);
        reachable.push_back(&asked);
    }
    if (reachable.empty()) return true;
    settings.each_server = true;
    auto& flags = settings.exchange.query.flags;
    flags = static_cast<std::uint16_t>(flags & ~packet::dns::flag_recursion_desired);
    Group zone;
    zone.candidates = {found.zone};
    zone.types = {dns::type::soa};
    settings.groups = {zone, group};
    // The outcomes come by group, server and type.
    std::size_t count = 0;
    ask_all(settings, [&](const Outcome& outcome) {
        const std::size_t first = reachable.size();
        const std::size_t index = count < first ? count : (count - first) / group.types.size();
        reachable[index]->outcomes.push_back(outcome);
        ++count;
        return true;
    });
    if (report::interrupted()) return false;
    for (Asked* asked : reachable) asked->out_of_order = out_of_order(asked->outcomes);
    return true;
}

Status tell_zone(Context& context, const Settings& settings, const dns::IterateOptions& options, const Group& group) {
    Loop loop;
    dns::Iteration iteration(options, iteration_ask(loop, settings), [&](const dns::Step& step) {
        if (!step.answer) context.log.note(step.answer.error().sentence());
    });
    Result<Found> found = std::unexpected(Error{Status::interrupted, {}, {}, {}, {}});
    loop.spawn(find_servers(iteration, group.candidates.front(), found));
    loop.run();
    if (report::interrupted()) return Status::interrupted;
    if (!found) return context.log.error(found.error());
    std::vector<Asked> servers = servers_of(*found);
    if (servers.empty())
        return context.log.error({Status::host_not_found, "no name servers of", found->zone.text(), {}, {}});
    if (!ask_servers(settings, group, *found, servers)) return Status::interrupted;
    Subject subject;
    subject.name = group.candidates.front().text();
    subject.zone = found->zone.text();
    subject.types = group.types;
    subject.types.insert(subject.types.begin(), dns::type::soa);
    subject.serials = true;
    subject.ttl = context.args.has("--with-ttl");
    return tell_comparison(context, subject, servers);
}

}  // namespace

std::vector<Option> all_servers_options() {
    return {{.names = "--all-ns",
             .help = "ask every name server of the name's zone, and tell whether they agree",
             .group = "Many servers"}};
}

Status all_servers(Context& context, const Settings& settings) {
    const auto options = iterate_options(context.args, settings);
    if (!options) return context.log.error(options.error());
    std::optional<Status> status;
    for (const Group& group : settings.groups) {
        const Status one = tell_zone(context, settings, *options, group);
        if (one == Status::interrupted) return one;
        status = !status || *status == one ? one : Status::partial;
    }
    return status.value_or(Status::success);
}

}  // namespace fid::cmd::resolve
