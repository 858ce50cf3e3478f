// SPDX-License-Identifier: MIT
#include "cmd/resolve/ask.h"

#include <algorithm>
#include <memory>

#include "cmd/loop.h"

namespace fid::cmd::resolve {
namespace {

using transport::Task;

constexpr std::size_t most_at_once = 32;  // sockets; more names are for a bulk engine

struct Job {
    std::size_t group = 0;
    std::uint16_t type = 0;
    std::vector<dns::Server> servers;  ///< asked one after another until one answers
    std::optional<Outcome> outcome;
};

std::vector<Job> make_jobs(const Settings& settings) {
    std::vector<Job> jobs;
    for (std::size_t group = 0; group < settings.groups.size(); ++group) {
        const auto add = [&](const std::vector<dns::Server>& servers) {
            for (const std::uint16_t type : settings.groups[group].types) {
                Job job;
                job.group = group;
                job.type = type;
                job.servers = servers;
                // As dig does: servers answer ANY over UDP briefly, or cut short (RFC 8482).
                for (dns::Server& server : job.servers)
                    if (job.type == dns::type::any && server.carrier == dns::Carrier::udp)
                        server.carrier = dns::Carrier::tcp;
                jobs.push_back(std::move(job));
            }
        };
        if (!settings.each_server) add(settings.servers);
        for (const dns::Server& server : settings.servers)
            if (settings.each_server) add({server});
    }
    return jobs;
}

class Asking {
  public:
    Asking(const Settings& settings, const std::function<bool(const Outcome&)>& tell)
        : settings_(settings), tell_(tell), jobs_(make_jobs(settings)) {}

    void run() {
        const std::size_t workers = std::min(most_at_once, jobs_.size());
        for (std::size_t i = 0; i < workers; ++i) loop_.spawn(work());
        loop_.run();
    }

  private:
    Task<void> work() {
        while (next_ < jobs_.size() && !over_) {
            Job& job = jobs_[next_++];
            auto doing = do_job(job);
            Outcome outcome = co_await std::move(doing);
            job.outcome = std::move(outcome);
            tell_ready();
        }
    }

    void tell_ready() {
        for (; told_ < jobs_.size() && jobs_[told_].outcome && !over_; ++told_) {
            if (!tell_(*jobs_[told_].outcome)) over_ = true;
            jobs_[told_].outcome.reset();
        }
        if (over_) loop_.stop();
    }

    /// Over the search list: NXDOMAIN leads to the next name; no data is an answer (RFC 1034 section 5.2.1 knows no
    /// list, and glibc and c-ares came to this rule).
    Task<Outcome> do_job(Job& job) {
        Outcome outcome;
        for (const dns::Name& name : settings_.groups[job.group].candidates) {
            outcome.question.name = name;
            outcome.question.type = job.type;
            outcome.question.klass = settings_.klass;
            outcome.group = job.group;
            auto asking = ask_servers(job, outcome);
            co_await std::move(asking);
            if (!outcome.answer || outcome.rcode() != dns::rcode::name_error) break;
        }
        co_return outcome;
    }

    Task<void> ask_servers(const Job& job, Outcome& outcome) {
        for (const dns::Server& server : job.servers) {
            const bool last = &server == &job.servers.back();
            outcome.server = server;
            auto asking = dns::exchange(loop_.executor(), server, outcome.question, settings_.exchange);
            auto answer = co_await std::move(asking);
            outcome.answer = std::move(answer);
            if (!outcome.answer) continue;
            const bool failed = outcome.rcode() == dns::rcode::server_failure;
            if (last || !failed || !settings_.next_on_failure) co_return;
        }
    }

    const Settings& settings_;
    const std::function<bool(const Outcome&)>& tell_;
    Loop loop_;
    std::vector<Job> jobs_;
    std::size_t next_ = 0, told_ = 0;
    bool over_ = false;
};

}  // namespace

bool Outcome::has_data() const {
    if (!answer || rcode() != dns::rcode::no_error) return false;
    const dns::Message message = answer->message();
    dns::Records records(message);
    for (dns::Record record; records.next(record) && record.section == dns::Section::answer;)
        if (record.type == question.type || question.type == dns::type::any) return true;
    return false;
}

unsigned Outcome::rcode() const {
    const dns::Message message = answer->message();
    return message.rcode(message.edns());
}

Status Outcome::status() const {
    if (!answer) return answer.error().status;
    if (!answer->message().whole() && !answer->message().header().has(packet::dns::flag_truncated))
        return Status::protocol_violation;
    if (rcode() == dns::rcode::name_error) return Status::negative;
    if (rcode() != dns::rcode::no_error) return Status::server_error;
    return has_data() ? Status::success : Status::negative;
}

void ask_all(const Settings& settings, const std::function<bool(const Outcome&)>& tell) {
    Asking(settings, tell).run();
}

}  // namespace fid::cmd::resolve
