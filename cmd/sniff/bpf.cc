// SPDX-License-Identifier: MIT
#include "cmd/sniff/bpf.h"

#include <pcap/pcap.h>

namespace fid::cmd::sniff {
namespace {

/// libpcap compiles for DLT_ values, files carry LINKTYPE_ values; these few differ (tcpdump.org/linktypes.html).
int data_link(std::uint16_t link_type) {
    switch (link_type) {
        case 50:
            return DLT_PPP_SERIAL;
        case 51:
            return DLT_PPP_ETHER;
        case 100:
            return DLT_ATM_RFC1483;
        case 101:
            return DLT_RAW;
        default:
            return link_type;
    }
}

}  // namespace

void BpfFilter::Free::operator()(bpf_program* program) const {
    pcap_freecode(program);
    delete program;
}

Result<BpfFilter::Compiled> BpfFilter::compile(std::uint16_t link_type) const {
    constexpr int snap_length = 262144;
    const std::unique_ptr<pcap_t, decltype(&pcap_close)> handle(pcap_open_dead(data_link(link_type), snap_length),
                                                                pcap_close);
    if (!handle) return fail(Status::usage, "cannot compile for link type", std::to_string(link_type));
    auto program = std::make_unique<bpf_program>();
    if (pcap_compile(handle.get(), program.get(), expression_.c_str(), 1, PCAP_NETMASK_UNKNOWN) != 0) {
        return fail(Status::usage, "libpcap refuses the filter", "'" + expression_ + "'", pcap_geterr(handle.get()),
                    "fid's own filter language needs no --bpf and knows no link types");
    }
    return Compiled(program.release());
}

Result<bool> BpfFilter::matches(const capture::PacketRecord& record) {
    auto found = programs_.find(record.link_type);
    if (found == programs_.end()) {
        auto compiled = compile(record.link_type);
        if (!compiled) return std::unexpected(std::move(compiled.error()));
        found = programs_.emplace(record.link_type, std::move(*compiled)).first;
    }
    pcap_pkthdr header{};
    header.caplen = static_cast<bpf_u_int32>(record.data.size());
    header.len = record.length;
    return pcap_offline_filter(found->second.get(), &header, record.data.data()) != 0;
}

}  // namespace fid::cmd::sniff
