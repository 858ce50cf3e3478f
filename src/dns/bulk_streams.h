// SPDX-License-Identifier: MIT
// Very many questions over connections: TCP (RFC 7766), TLS (RFC 7858) and HTTPS (RFC 8484). A few connections to each
// server, each with many questions under way, which are answered in any order.
#pragma once

#include <memory>

#include "dns/bulk.h"

namespace fid::dns {

struct BulkStreamsOptions {
    std::vector<Server> servers;  ///< at least one; none over UDP
    ExchangeOptions exchange;     ///< query, dialling, and the timeout of an attempt; of the rest nothing
    std::uint32_t window = 0;     ///< questions under way at all servers together; 0 = as many as is usual
    double rate = 0;              ///< questions a second to all servers together; 0 = as fast as it goes
    unsigned attempts = 10;       ///< for each question, and to reach a server again that is gone
};

/// A connection that breaks gives its questions back, to be asked again on another one. That counts as an attempt only
/// where the connection had answered nothing. Once no server can be reached so often as there are attempts, the rest
/// are unreachable.
class BulkStreams final : public BulkEngine {
  public:
    BulkStreams(BulkStreamsOptions options, BulkSource& source, Sink sink, Watch watch);
    ~BulkStreams() override;

    [[nodiscard]] Result<void> run() override;
    [[nodiscard]] const BulkCounts& counts() const override;
    [[nodiscard]] BulkServerReport server(std::size_t index) const override;
    void each_unfinished(const std::function<void(const BulkQuestion&)>& each) const override;

  private:
    class Engine;
    std::unique_ptr<Engine> engine_;
};

}  // namespace fid::dns
