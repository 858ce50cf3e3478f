// SPDX-License-Identifier: MIT
#include "dns/iterate.h"

#include <algorithm>
#include <array>

#include "dns/rdata.h"
#include "dns/root_hints.h"

namespace fid::dns {
namespace {

using transport::Task;

// Not written where they are walked through: gcc 12.2 does not keep lists in braces alive in a coroutine.
constexpr std::array known_first{true, false};
constexpr std::array address_types{type::a, type::aaaa};
constexpr unsigned most_depth = 8;  // name servers whose addresses need name servers whose addresses...

/// Is it what was asked for, or a way there?
bool leads_on(const Step& step) {
    if (!step.answer) return false;
    const Meaning what = step.reply.what;
    return what != Meaning::lame && what != Meaning::failure && what != Meaning::malformed;
}

Error why_not(const Step& step) {
    const std::string who = step.host.servers.front().text();
    if (!step.answer) return step.answer.error();
    if (step.reply.what == Meaning::malformed) return {Status::protocol_violation, "a malformed answer", who, {}, {}};
    const Message message = step.answer->message();
    const unsigned code = message.rcode(message.edns());
    return {Status::server_error,
            "answered with",
            code == rcode::no_error ? "nothing that leads further" : rcode_text(code),
            {},
            {}};
}

/// Which of two failures tells more of the zone.
bool outranks(const Error& a, const Error& b) {
    const auto rank = [](const Error& error) {
        static constexpr std::array order{Status::cannot_connect, Status::timeout, Status::server_error,
                                          Status::protocol_violation};
        return std::ranges::find(order, error.status) - order.begin();
    };
    return rank(a) > rank(b);
}

}  // namespace

/// One zone being asked one question.
struct Iteration::Attempt {
    Name zone;
    Question question;
    unsigned depth = 0;
    bool recursion = false;
    unsigned round = 0;
    std::optional<Step> good;
    std::optional<Error> worst;
    std::vector<std::string> causes;

    void failed(const std::string& who, Error error) {
        constexpr std::size_t enough = 4;
        std::string cause = who + ": " + (error.cause.empty() ? error.sentence() : error.cause);
        if (causes.size() < enough && std::ranges::find(causes, cause) == causes.end())
            causes.push_back(std::move(cause));
        if (!worst || outranks(error, *worst)) worst = std::move(error);
    }
    [[nodiscard]] Error all_failed() const {
        std::string why;
        for (const std::string& cause : causes) why += (why.empty() ? "" : "; ") + cause;
        if (why.empty()) why = "none has an address";
        return {worst ? worst->status : Status::host_not_found, "no server answers for", zone.text(), why, {}};
    }
};

Iteration::Iteration(IterateOptions options, Ask ask, Tell tell)
    : options_(std::move(options)), ask_(std::move(ask)), tell_(std::move(tell)) {
    cuts_[Name()] = options_.root;
}

Task<Result<Finding>> Iteration::resolve(Question question) {
    circle_.reset();
    auto priming = prime();
    auto primed = co_await std::move(priming);
    if (!primed) co_return std::unexpected(std::move(primed.error()));
    auto walking = walk(question, 0);
    auto walked = co_await std::move(walking);
    co_return walked;
}

Task<Result<void>> Iteration::prime() {
    if (primed_ || !options_.prime) co_return Result<void>();
    Question question;
    question.type = type::ns;
    auto asking = ask_zone(Name(), question, 0, options_.prime_recursive);
    auto step = co_await std::move(asking);
    if (!step) co_return std::unexpected(std::move(step.error()));
    primed_ = true;
    const Message message = step->answer->message();
    std::vector<NameServer> servers = name_servers_of(message, Section::answer, Name(), Name());
    auto finding = find_root_addresses(servers, *step);
    co_await std::move(finding);
    std::vector<Host> hosts;
    for (const NameServer& server : servers)
        if (!server.addresses.empty()) hosts.push_back(host_at(server));
    if (hosts.empty())
        co_return fail(Status::protocol_violation, "no root servers from", step->host.servers.front().text(),
                       "no addresses of any", "--root names them");
    cuts_[Name()] = std::move(hosts);
    co_return Result<void>();
}

/// The addresses that the answer for the root's servers came without: those everybody knows, or the resolver's.
Task<void> Iteration::find_root_addresses(std::vector<NameServer>& servers, const Step& step) {
    const std::vector<NameServer> known = root_hints();
    const bool none = std::ranges::all_of(servers, [](const NameServer& server) { return server.addresses.empty(); });
    constexpr unsigned enough = 3;
    unsigned found = 0;
    for (NameServer& server : servers) {
        if (!server.addresses.empty()) continue;
        const auto same = std::ranges::find(known, server.name, &NameServer::name);
        if (same != known.end()) {
            server.addresses = same->addresses;
        } else if (none && options_.prime_recursive && found < enough) {
            Attempt attempt;
            attempt.question.name = server.name;
            attempt.depth = 1;
            attempt.recursion = true;
            auto asking = ask(attempt, step.host);
            auto asked = co_await std::move(asking);
            if (!asked || !leads_on(*asked)) continue;
            const Message message = asked->answer->message();
            for (const Record& record : asked->reply.records)
                if (const auto address = rdata_address(message, record)) server.addresses.push_back(*address);
            ++found;
        }
    }
}

/// Along the aliases to the end.
Task<Result<Finding>> Iteration::walk(Question question, unsigned depth) {
    Finding finding;
    std::set<Name> seen{question.name};
    while (true) {
        auto descending = descend(question, depth);
        auto step = co_await std::move(descending);
        if (!step) co_return std::unexpected(std::move(step.error()));
        const std::vector<Name>& names = step->reply.names;
        finding.what = step->reply.what;
        finding.zone = step->zone;
        const Name target = names.back();
        bool circle = false;
        for (std::size_t i = 1; i < names.size(); ++i) circle = !seen.insert(names[i]).second || circle;
        finding.chain.push_back(std::move(*step));
        if (finding.what != Meaning::alias) co_return finding;
        if (circle)
            co_return fail(Status::protocol_violation,
                           "aliases in a circle:", question.name.text() + " leads back to " + target.text());
        if (seen.size() > most_aliases)
            co_return fail(Status::protocol_violation, "too many aliases:", target.text(),
                           "more than " + std::to_string(most_aliases));
        question.name = target;
    }
}

/// From the deepest zone known to that which answers.
Task<Result<Step>> Iteration::descend(Question question, unsigned depth) {
    Name zone = deepest_cut(question);
    while (true) {
        auto asking = ask_zone(zone, question, depth, false);
        auto step = co_await std::move(asking);
        if (!step || step->reply.what != Meaning::referral) co_return step;
        zone = step->reply.cut;
        std::vector<Host> hosts;
        for (const NameServer& server : step->reply.servers) hosts.push_back(host_at(server));
        cuts_.try_emplace(zone, std::move(hosts));
    }
}

Name Iteration::deepest_cut(const Question& question) const {
    // The parent speaks for DS records.
    Name name = question.type == type::ds ? question.name.parent() : question.name;
    while (!name.is_root() && !cuts_.contains(name)) name = name.parent();
    return name;
}

Host Iteration::host_at(const NameServer& server) const {
    Host host;
    host.name = server.name;
    for (const bool v4 : {true, false}) {
        if (v4 ? !options_.v4 : !options_.v6) continue;
        for (const Address& address : server.addresses) {
            if (address.is_v4() != v4) continue;
            host.servers.push_back(Server::at(address, options_.port));
            host.servers.back().carrier = options_.carrier;
        }
    }
    return host;
}

/// The servers of the zone in turn: first those whose addresses are known. Those that were silent are asked once more.
Task<Result<Step>> Iteration::ask_zone(Name zone, Question question, unsigned depth, bool recursion) {
    Attempt attempt;
    attempt.zone = zone;
    attempt.question = question;
    attempt.depth = depth;
    attempt.recursion = recursion;
    for (; attempt.round < 2; ++attempt.round) {
        for (const bool known : known_first) {
            for (std::size_t i = 0; i < cuts_[zone].size(); ++i) {
                if (cuts_[zone][i].servers.empty() == known) continue;
                auto asking = ask_host(attempt, i);
                co_await std::move(asking);
                if (attempt.good) co_return std::move(*attempt.good);
                if (queries_ >= options_.most_queries) co_return std::unexpected(std::move(*attempt.worst));
            }
        }
        if (attempt.worst && attempt.worst->status != Status::timeout) break;
    }
    if (circle_) co_return std::unexpected(*circle_);
    co_return std::unexpected(attempt.all_failed());
}

Task<void> Iteration::ask_host(Attempt& attempt, std::size_t index) {
    if (cuts_[attempt.zone][index].servers.empty()) {
        if (attempt.round != 0) co_return;
        auto locating = locate(attempt.zone, index, attempt.depth, false);
        auto located = co_await std::move(locating);
        if (!located) {
            attempt.failed(cuts_[attempt.zone][index].name.text(), std::move(located.error()));
            co_return;
        }
    }
    const Host host = cuts_[attempt.zone][index];
    for (const Server& server : host.servers) {
        const std::string key = attempt.zone.text() + ' ' + server.text();
        if (out_of_order_.contains(key)) {
            attempt.failed(server.text(), {Status::server_error, {}, {}, "failed before", {}});
            continue;
        }
        Host one;
        one.name = host.name;
        one.servers.push_back(server);
        auto asking = ask(attempt, std::move(one));
        auto step = co_await std::move(asking);
        if (!step) {
            attempt.failed(server.text(), std::move(step.error()));
            co_return;
        }
        if (leads_on(*step)) {
            attempt.good = std::move(*step);
            co_return;
        }
        Error why = why_not(*step);
        if (why.status != Status::timeout) out_of_order_.insert(key);
        attempt.failed(server.text(), std::move(why));
    }
}

/// Nothing but an exhausted budget is an error here.
Task<Result<Step>> Iteration::ask(Attempt& attempt, Host host) {
    if (queries_ >= options_.most_queries)
        co_return fail(Status::protocol_violation, "gave up on", attempt.question.name.text(),
                       "after " + std::to_string(queries_) + " questions");
    ++queries_;
    Step step;
    step.depth = attempt.depth;
    step.zone = attempt.zone;
    step.question = attempt.question;
    step.host = std::move(host);
    auto asking = ask_(step.host.servers.front(), step.question, attempt.recursion);
    auto answer = co_await std::move(asking);
    step.answer = std::move(answer);
    if (step.answer) step.reply = read_reply(step.answer->message(), step.question, step.zone);
    tell_(step);
    co_return step;
}

/// Finds the address of a server that a zone was handed over to without.
Task<Result<void>> Iteration::locate(Name zone, std::size_t index, unsigned depth, bool all) {
    const Name name = cuts_[zone][index].name;
    if (name.is_within(zone) && cuts_[zone][index].servers.empty() && !all) {
        // Only the zone itself knows: another of its servers may, later.
        const bool others = std::ranges::any_of(cuts_[zone], [](const Host& host) { return !host.servers.empty(); });
        if (!others)
            co_return fail(Status::protocol_violation, "no address of", name.text(), "its own zone's, without glue");
    }
    auto finding = addresses_of(name, depth, all);
    auto found = co_await std::move(finding);
    if (!found) co_return std::unexpected(std::move(found.error()));
    NameServer server;
    server.name = name;
    server.addresses = *found;
    cuts_[zone][index] = host_at(server);
    co_return Result<void>();
}

Task<Result<std::vector<Address>>> Iteration::addresses_of(Name name, unsigned depth, bool all) {
    if (const auto known = located_.find(name); known != located_.end() && !all) co_return known->second;
    if (std::ranges::find(pending_, name) != pending_.end()) {
        circle_ = circle(name);
        co_return std::unexpected(*circle_);
    }
    if (depth >= most_depth || ++searches_ > options_.most_queries)
        co_return fail(Status::protocol_violation, "no address of", name.text(),
                       "it needs the addresses of too many other name servers");
    pending_.push_back(name);
    std::vector<Address> found;
    std::optional<Error> error;
    for (const std::uint16_t kind : address_types) {
        if (kind == type::a ? !options_.v4 : !options_.v6) continue;
        if (!found.empty() && !all) break;
        Question question;
        question.name = name;
        question.type = kind;
        auto walking = walk(question, depth + 1);
        auto walked = co_await std::move(walking);
        if (!walked) {
            error = std::move(walked.error());
            continue;
        }
        const Step& last = walked->chain.back();
        const Message message = last.answer->message();
        for (const Record& record : last.reply.records)
            if (const auto address = rdata_address(message, record)) found.push_back(*address);
    }
    pending_.pop_back();
    if (!found.empty()) {
        located_[name] = found;
        circle_.reset();
        co_return found;
    }
    if (error) co_return std::unexpected(std::move(*error));
    co_return fail(Status::host_not_found, "no address of", name.text(), "it has none");
}

Error Iteration::circle(const Name& name) const {
    std::string path = name.text();
    for (auto each = std::ranges::find(pending_, name) + 1; each != pending_.end(); ++each)
        path += " needs " + each->text() + ", which";
    path += " needs " + name.text();
    return {Status::protocol_violation, "name servers that wait for each other's address:", path, {}, {}};
}

Task<Result<std::vector<Host>>> Iteration::servers_of(Name zone) {
    Question question;
    question.name = zone;
    question.type = type::ns;
    auto resolving = resolve(question);
    auto found = co_await std::move(resolving);
    if (found && found->what == Meaning::answer) {
        const Step& last = found->chain.back();
        const Message message = last.answer->message();
        std::vector<Host>& hosts = cuts_[zone];
        for (const NameServer& server : name_servers_of(message, Section::answer, zone, last.zone))
            if (std::ranges::find(hosts, server.name, &Host::name) == hosts.end()) hosts.push_back(host_at(server));
    } else if (!found && !cuts_.contains(zone)) {
        co_return std::unexpected(std::move(found.error()));
    }
    for (std::size_t i = 0; i < cuts_[zone].size(); ++i) {
        if (!cuts_[zone][i].servers.empty()) continue;
        auto locating = locate(zone, i, 0, true);
        auto located = co_await std::move(locating);
        if (!located && queries_ >= options_.most_queries) co_return std::unexpected(std::move(located.error()));
    }
    co_return cuts_[zone];
}

}  // namespace fid::dns
