// SPDX-License-Identifier: MIT
// --bpf: the kernel's filter language, compiled by libpcap once per link type.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "capture/packet_record.h"
#include "report/error.h"

struct bpf_program;

namespace fid::cmd::sniff {

class BpfFilter {
  public:
    explicit BpfFilter(std::string expression) : expression_(std::move(expression)) {}
    /// Status usage where libpcap refuses the expression for the packet's link type.
    [[nodiscard]] Result<bool> matches(const capture::PacketRecord& record);

  private:
    struct Free {
        void operator()(bpf_program* program) const;
    };
    using Compiled = std::unique_ptr<bpf_program, Free>;
    [[nodiscard]] Result<Compiled> compile(std::uint16_t link_type) const;

    std::string expression_;
    std::map<std::uint16_t, Compiled> programs_;
};

}  // namespace fid::cmd::sniff
