// SPDX-License-Identifier: MIT
// Finding data from the root down, as a resolver does it: each zone's servers are asked, without recursion, until one
// of them answers or leads to a zone further down. Who asks over the network is the caller's, so that a test can play
// all servers.
#pragma once

#include <functional>
#include <map>
#include <set>

#include "dns/delegation.h"
#include "dns/exchange.h"

namespace fid::dns {

/// A name server, and where it is asked.
struct Host {
    Name name;  ///< the root where only its address is known
    std::vector<Server> servers;
};

struct IterateOptions {
    std::vector<Host> root;
    bool prime = true;             ///< ask one of `root` for the root's servers first (RFC 8109), and go on with those
    bool prime_recursive = false;  ///< `root` is resolvers: that question wants recursion
    std::uint16_t port = 53;       ///< of every server but those of `root`
    Carrier carrier = Carrier::udp;
    bool v4 = true, v6 = true;    ///< which addresses are asked; IPv6 only where no IPv4 address answers
    unsigned most_queries = 200;  ///< of all questions together
};

/// One question to one server on the way.
struct Step {
    unsigned depth = 0;  ///< 0: for what was asked for; 1 and more: for the address of a name server
    Name zone;           ///< whose server it is
    Question question;
    Host host;  ///< with this server alone
    Result<Answer> answer = std::unexpected(Error{});
    Reply reply;  ///< of an answer
};

struct Finding {
    Meaning what = Meaning::answer;  ///< answer, no_data or no_name
    Name zone;                       ///< whose server said so
    std::vector<Step> chain;         ///< an alias each, and at the end what was asked for
};

class Iteration {
  public:
    using Ask =
        std::function<transport::Task<Result<Answer>>(const Server& server, const Question& question, bool recursion)>;
    using Tell = std::function<void(const Step&)>;
    /// `tell` hears of every question and what came of it.
    Iteration(IterateOptions options, Ask ask, Tell tell);

    /// Zones that an earlier call came through are not looked for again. Status protocol_violation where name servers
    /// wait for each other's address, where aliases run in a circle, or after too many questions; otherwise that of the
    /// servers none of which answered: timeout, cannot_connect, server_error.
    [[nodiscard]] transport::Task<Result<Finding>> resolve(Question question);
    /// All servers of a zone, those its parent names and those it names itself, with all their addresses; none for
    /// those that have none.
    [[nodiscard]] transport::Task<Result<std::vector<Host>>> servers_of(Name zone);

    /// The deepest zone around a name that resolve() came through.
    [[nodiscard]] Name zone_around(const Name& name) const { return deepest_cut({name, type::a, klass::in}); }

  private:
    struct Attempt;

    transport::Task<Result<void>> prime();
    transport::Task<void> find_root_addresses(std::vector<NameServer>& servers, const Step& step);
    transport::Task<Result<Finding>> walk(Question question, unsigned depth);
    transport::Task<Result<Step>> descend(Question question, unsigned depth);
    transport::Task<Result<Step>> ask_zone(Name zone, Question question, unsigned depth, bool recursion);
    transport::Task<void> ask_host(Attempt& attempt, std::size_t index);
    transport::Task<Result<Step>> ask(Attempt& attempt, Host host);
    transport::Task<Result<void>> locate(Name zone, std::size_t index, unsigned depth, bool all);
    transport::Task<Result<std::vector<Address>>> addresses_of(Name name, unsigned depth, bool all);
    [[nodiscard]] Name deepest_cut(const Question& question) const;
    [[nodiscard]] Host host_at(const NameServer& server) const;
    [[nodiscard]] Error circle(const Name& name) const;

    IterateOptions options_;
    Ask ask_;
    Tell tell_;
    std::map<Name, std::vector<Host>> cuts_;  ///< the zones that were come through
    std::map<Name, std::vector<Address>> located_;
    std::vector<Name> pending_;           ///< name servers whose addresses are being looked for
    std::set<std::string> out_of_order_;  ///< servers that did not serve their zone
    std::optional<Error> circle_;
    unsigned queries_ = 0, searches_ = 0;
    bool primed_ = false;
};

}  // namespace fid::dns
