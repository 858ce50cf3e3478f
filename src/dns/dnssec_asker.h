// SPDX-License-Identifier: MIT
// Asks each question once, whoever wants to know how often, and several at a time.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "dns/exchange.h"

namespace fid::dns::dnssec {

class Asker {
  public:
    using Shared = std::shared_ptr<const Result<Answer>>;

    /// The servers are asked one after another until one answers with anything but SERVFAIL; `options` as they are but
    /// that questions ask for the records of DNSSEC, checked or not (DO, CD).
    Asker(transport::Executor executor, std::vector<Server> servers, ExchangeOptions options);

    /// Has it been asked?
    [[nodiscard]] bool knows(const Name& name, std::uint16_t type) const;
    /// Asks without waiting, unless many questions are under way: then it is left to who waits for it.
    void start(const Name& name, std::uint16_t type);
    /// Asks, or waits for who asked; the answer is kept.
    [[nodiscard]] transport::Task<Shared> ask(Name name, std::uint16_t type);
    [[nodiscard]] unsigned under_way() const { return under_way_; }

    static constexpr unsigned most_at_once = 16;

  private:
    struct Entry {
        explicit Entry(transport::Executor executor) : done(executor) {}
        Shared answer;
        transport::Timer done;  ///< cancelled when the answer is there
    };
    using Key = std::pair<Name, std::uint16_t>;

    Entry& launch(const Name& name, std::uint16_t type);
    transport::Task<void> fetch(Question question, Entry& entry);

    transport::Executor executor_;
    std::vector<Server> servers_;
    ExchangeOptions options_;
    std::map<Key, Entry> entries_;
    unsigned under_way_ = 0;
};

}  // namespace fid::dns::dnssec
