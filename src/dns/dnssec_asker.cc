// SPDX-License-Identifier: MIT
#include "dns/dnssec_asker.h"

namespace fid::dns::dnssec {

using transport::Task;

Asker::Asker(transport::Executor executor, std::vector<Server> servers, ExchangeOptions options)
    : executor_(executor), servers_(std::move(servers)), options_(std::move(options)) {
    options_.query.flags |= packet::dns::flag_checking_disabled;
    if (!options_.query.edns) options_.query.edns.emplace();
    options_.query.edns->flags |= flag_dnssec_ok;
}

bool Asker::knows(const Name& name, std::uint16_t type) const { return entries_.contains({name, type}); }

void Asker::start(const Name& name, std::uint16_t type) {
    if (under_way_ < most_at_once && !knows(name, type)) launch(name, type);
}

Task<Asker::Shared> Asker::ask(Name name, std::uint16_t type) {
    const auto known = entries_.find({name, type});
    Entry& entry = known == entries_.end() ? launch(name, type) : known->second;
    while (!entry.answer) {
        auto waiting = entry.done.async_wait(transport::as_task);
        co_await std::move(waiting);
    }
    co_return entry.answer;
}

Asker::Entry& Asker::launch(const Name& name, std::uint16_t type) {
    Entry& entry = entries_.try_emplace({name, type}, executor_).first->second;
    entry.done.expires_at(transport::Timer::time_point::max());
    ++under_way_;
    auto fetching = fetch({.name = name, .type = type, .klass = klass::in}, entry);
    transport::asio::co_spawn(executor_, std::move(fetching), transport::asio::detached);
    return entry;
}

Task<void> Asker::fetch(Question question, Entry& entry) {
    Result<Answer> got = std::unexpected(Error{});
    for (const Server& server : servers_) {
        auto asking = exchange(executor_, server, question, options_);
        auto answer = co_await std::move(asking);
        // A failure that tells more than the one before: an answer is better than none.
        if (answer || !got) got = std::move(answer);
        if (got && got->message().header().rcode() != rcode::server_failure) break;
    }
    --under_way_;
    entry.answer = std::make_shared<const Result<Answer>>(std::move(got));
    entry.done.cancel();
}

}  // namespace fid::dns::dnssec
