// SPDX-License-Identifier: MIT
#include "cmd/sockets/record.h"

#include <array>

#include "address/service.h"
#include "sockets/reach.h"

namespace fid::cmd::sockets {
namespace {

using core_kind = fid::sockets::Kind;
using fid::sockets::Socket;
using fid::sockets::TcpInfo;
using report::Object;
using report::Record;
using report::Type;
using report::Value;

constexpr std::array<report::Field, 31> fields{{
    {"protocol", Type::text, "tcp, udp, raw, unix-stream, unix-dgram, unix-seqpacket, netlink or packet"},
    {"family", Type::integer, "4 or 6; null where the protocol has no addresses"},
    {"state", Type::text, "established, listen, time-wait, ...; unconnected for datagram sockets that are not"},
    {"local_address", Type::text, "the socket's own address"},
    {"local_port", Type::integer, "its port; of raw sockets the IP protocol, of packet sockets the EtherType"},
    {"local_name", Type::text, "of Unix sockets the path or @abstract name, of netlink sockets family and port"},
    {"peer_address", Type::text, "the other side's address; null where there is none"},
    {"peer_port", Type::integer, "the other side's port"},
    {"peer_name", Type::text, "the name of the Unix socket on the other side"},
    {"local_host", Type::text, "the name of local_address (--resolve)"},
    {"peer_host", Type::text, "the name of peer_address (--resolve)"},
    {"service", Type::text, "the service of the local port of a listener, else of the lower port (--resolve)"},
    {"device", Type::text, "the interface the socket is bound to"},
    {"exposure", Type::text, "who may reach what listens, firewalls apart: loopback, lan, internet or any"},
    {"dual_stack", Type::boolean, "an IPv6 listener on every address: does it take IPv4 as well?"},
    {"recv_queue", Type::integer, "bytes that were not read yet; of a listener connections that were not accepted yet"},
    {"send_queue", Type::integer, "bytes that were not acknowledged yet; of a listener the longest queue allowed"},
    {"user", Type::text, "the owner's name"},
    {"uid", Type::integer, "the owner's number"},
    {"pid", Type::integer, "the first process that holds it"},
    {"process", Type::text, "the name of that process"},
    {"processes", Type::list, "all that hold it: pid, name, user and descriptor"},
    {"inode", Type::integer, "the socket's inode; null where no process can hold it"},
    {"peer_inode", Type::integer, "of the Unix socket on the other side"},
    {"cookie", Type::integer, "the kernel's own number of the socket; null without sock_diag"},
    {"timer", Type::text, "the timer that runs: retransmit, keepalive, time-wait or zero-window"},
    {"timer_ms", Type::integer, "until it fires"},
    {"retransmits", Type::integer, "segments or probes sent again since the last answer"},
    {"netns", Type::text, "the network namespace (--all-netns)"},
    {"congestion", Type::text, "the congestion control algorithm (--info)"},
    {"info", Type::object, "what TCP knows of the connection (--info)"},
}};

Value text_or_null(std::string_view text) { return text.empty() ? Value() : Value(text); }

Object info_object(const TcpInfo& info) {
    constexpr double us_per_ms = 1000.0;
    const auto ms = [](std::uint32_t us) { return Value(us / us_per_ms); };
    Object object{
        {"rtt_ms", ms(info.rtt_us)},
        {"rtt_variance_ms", ms(info.rtt_variance_us)},
        {"min_rtt_ms", info.min_rtt_us ? ms(*info.min_rtt_us) : Value()},
        {"rto_ms", ms(info.rto_us)},
        {"send_mss_bytes", info.snd_mss},
        {"receive_mss_bytes", info.rcv_mss},
        {"path_mtu_bytes", info.path_mtu},
        {"congestion_window_segments", info.congestion_window},
        // 2^31-1 is the kernel's "no threshold yet".
        {"slow_start_threshold_segments",
         info.slow_start_threshold >= 0x7fffffffU ? Value() : Value(info.slow_start_threshold)},
        {"send_window_scale", unsigned{info.send_scale}},
        {"receive_window_scale", unsigned{info.receive_scale}},
        {"timestamps", info.timestamps},
        {"sack", info.sack},
        {"ecn", info.ecn},
        {"unacked_segments", info.unacked},
        {"lost_segments", info.lost},
        {"retransmitting_segments", info.retransmitting},
        {"retransmits_total", info.retransmits_total},
        {"bytes_sent", info.bytes_sent},
        {"bytes_acked", info.bytes_acked},
        {"bytes_received", info.bytes_received},
        {"bytes_retransmitted", info.bytes_retransmitted},
        {"segments_out", info.segments_out},
        {"segments_in", info.segments_in},
        {"not_sent_bytes", info.not_sent},
        {"pacing_bytes_per_s", info.pacing_rate},
        {"delivery_bytes_per_s", info.delivery_rate},
        {"last_sent_ms", info.last_sent_ms},
        {"last_received_ms", info.last_received_ms},
    };
    return object;
}

}  // namespace

const report::RecordType socket_record{"socket", "one socket", fields};

void RecordMaker::set_ends(const Socket& socket, Record& record) {
    if (socket.is_ip()) {
        record.set("family", socket.local.is_v4() ? 4 : 6);
        record.set("local_address", socket.local.text());
        record.set("local_port", unsigned{socket.local_port});
        if (socket.connected()) {
            record.set("peer_address", socket.peer.text());
            if (socket.has_ports()) record.set("peer_port", unsigned{socket.peer_port});
        }
        if (socket.listens())
            record.set("exposure", fid::sockets::reach_name(fid::sockets::reach(socket, snapshot_.device(socket))));
        if (!socket.local.is_v4() && socket.local.number() == 0 && socket.v6_only && !socket.connected())
            record.set("dual_stack", socket.dual_stack());
    } else if (socket.kind == core_kind::packet) {
        record.set("local_port", unsigned{socket.local_port});
    }
    record.set("local_name", text_or_null(socket.name));
    if (socket.peer_inode == 0) return;
    record.set("peer_inode", socket.peer_inode);
    const auto peer = snapshot_.unix_names.find(socket.peer_inode);
    if (peer != snapshot_.unix_names.end()) record.set("peer_name", peer->second);
}

void RecordMaker::set_names(const Socket& socket, Record& record) {
    if (!socket.is_ip()) return;
    record.set("local_host", text_or_null(names_.host(socket.local)));
    if (socket.connected()) record.set("peer_host", text_or_null(names_.host(socket.peer)));
    if (!socket.has_ports()) return;
    const Transport transport = socket.kind == core_kind::tcp ? Transport::tcp : Transport::udp;
    const bool own = socket.listens() || socket.local_port < socket.peer_port;
    record.set("service", text_or_null(service_name(own ? socket.local_port : socket.peer_port, transport)));
}

void RecordMaker::set_holders(const Socket& socket, Record& record) {
    report::List list;
    for (const auto& holder : snapshot_.holders(socket)) {
        list.emplace_back(Object{{"pid", holder.pid},
                                 {"name", holder.name},
                                 {"user", names_.user(holder.uid)},
                                 {"descriptor", holder.descriptor}});
    }
    if (!list.empty()) {
        const auto& first = snapshot_.holders(socket).front();
        record.set("pid", first.pid);
        record.set("process", first.name);
    }
    record.set("processes", std::move(list));
}

Record RecordMaker::make(const Socket& socket) {
    Record record(socket_record);
    record.set("protocol", fid::sockets::long_kind_name(socket));
    record.set("state", fid::sockets::state_name(socket.kind, socket.state));
    set_ends(socket, record);
    if (resolve_) set_names(socket, record);
    record.set("device", text_or_null(snapshot_.device(socket)));
    record.set("recv_queue", socket.recv_queue);
    record.set("send_queue", socket.send_queue);
    if (socket.uid) {
        record.set("user", names_.user(*socket.uid));
        record.set("uid", *socket.uid);
    }
    if (holders_) set_holders(socket, record);
    if (socket.inode != 0) record.set("inode", socket.inode);
    if (socket.cookie != 0) record.set("cookie", socket.cookie);
    if (socket.timer != fid::sockets::Timer::none) {
        record.set("timer", fid::sockets::timer_name(socket.timer));
        record.set("timer_ms", socket.timer_ms);
    }
    if (socket.kind == core_kind::tcp) record.set("retransmits", unsigned{socket.retransmits});
    if (!snapshot_.spaces.empty()) record.set("netns", snapshot_.spaces[socket.space]);
    if (socket.info) {
        record.set("congestion", text_or_null(socket.info->congestion));
        record.set("info", info_object(*socket.info));
    }
    return record;
}

}  // namespace fid::cmd::sockets
