// SPDX-License-Identifier: MIT
#include "cmd/sockets/layout.h"

#include <algorithm>

#include "address/service.h"
#include "report/table.h"
#include "sockets/reach.h"

namespace fid::cmd::sockets {
namespace {

using fid::sockets::Kind;
using fid::sockets::Snapshot;
using fid::sockets::Socket;
using fid::sockets::TcpInfo;

/// 1.5 ms and the like: microseconds in the unit that suits them.
void put_time(Text& text, std::uint64_t us) {
    constexpr std::uint64_t us_per_ms = 1000;
    text.number(us / us_per_ms);
    if (const std::uint64_t rest = us % us_per_ms; rest != 0) {
        text.put('.');
        text.padded(rest, 3);
        while (text.ends_with("0")) text.truncate(text.size() - 1);
    }
    text.put("ms");
}

/// A listener has no connection that anything is known of.
bool tells_info(const Socket& socket) { return socket.info && socket.state != fid::sockets::State::listen; }

/// Writes one socket's columns, one after the other.
class Cells {
  public:
    Cells(const Snapshot& snapshot, Names& names, const Layout& layout)
        : snapshot_(snapshot), names_(names), layout_(layout) {}

    [[nodiscard]] std::vector<report::Table::Column> headings() const {
        std::vector<report::Table::Column> columns{{"PROTO"}};
        if (layout_.listening) {
            for (const char* name : {"LOCAL", "EXPOSURE"}) columns.push_back({name});
        } else {
            columns.push_back({"STATE"});
            columns.push_back({"RECV", true});
            columns.push_back({"SEND", true});
            for (const char* name : {"LOCAL", "PEER"}) columns.push_back({name});
        }
        if (layout_.holders) columns.push_back({"PROCESS"});
        columns.push_back({"USER"});
        if (layout_.timers) columns.push_back({"TIMER"});
        if (layout_.spaces) columns.push_back({"NETNS"});
        return columns;
    }

    /// Calls next() behind each column.
    template <class Next>
    void put(const Socket& socket, Text& text, Next&& next) {
        text.put(long_kind_name(socket));
        next();
        if (layout_.listening) {
            put_local(socket, text);
            next();
            text.put(socket.is_ip() ? reach_name(reach(socket, snapshot_.device(socket))) : "-");
            next();
        } else {
            text.put(state_name(socket.kind, socket.state));
            next();
            put_queue(socket.recv_queue, text);
            next();
            put_queue(socket.send_queue, text);
            next();
            put_local(socket, text);
            next();
            put_peer(socket, text);
            next();
        }
        if (layout_.holders) {
            put_holders(socket, text);
            next();
        }
        text.put(socket.uid ? std::string_view(names_.user(*socket.uid)) : "-");
        next();
        if (layout_.timers) {
            put_timer(socket, text);
            next();
        }
        if (layout_.spaces) {
            text.escaped(snapshot_.spaces[socket.space]);
            next();
        }
    }

    static void put_info(const TcpInfo& info, Text& text);

  private:
    static void put_queue(const std::optional<std::uint32_t>& queue, Text& text) {
        if (queue)
            text.number(*queue);
        else
            text.put('-');
    }

    void put_port(const Socket& socket, std::uint16_t port, Text& text) const {
        if (!socket.has_ports()) {
            text.number(port);
            return;
        }
        const std::string_view name =
            layout_.resolve ? service_name(port, socket.kind == Kind::tcp ? Transport::tcp : Transport::udp) : "";
        if (name.empty())
            text.number(port);
        else
            text.put(name);
    }

    void put_place(const Socket& socket, const Address& address, std::uint16_t port, Text& text) const {
        const std::string_view host = layout_.resolve ? names_.host(address) : "";
        const bool bracket = host.empty() && !address.is_v4();
        if (!host.empty()) {
            text.escaped(host);
        } else {
            if (bracket) text.put('[');
            address.write(text);
            if (bracket) text.put(']');
        }
        text.put(':');
        put_port(socket, port, text);
    }

    void put_local(const Socket& socket, Text& text) const {
        if (socket.kind == Kind::packet) {
            text.put("0x");
            text.hex(socket.local_port, 4);
        } else if (!socket.is_ip()) {
            if (socket.name.empty()) {
                text.put('#');
                text.number(socket.inode);
            } else {
                text.escaped(socket.name);
            }
        } else if (socket.dual_stack()) {
            text.put("*:");
            put_port(socket, socket.local_port, text);
        } else {
            put_place(socket, socket.local, socket.local_port, text);
        }
        if (const std::string_view device = snapshot_.device(socket); !device.empty()) {
            text.put('%');
            text.escaped(device);
        }
    }

    void put_peer(const Socket& socket, Text& text) const {
        if (socket.connected()) {
            put_place(socket, socket.peer, socket.peer_port, text);
            return;
        }
        if (socket.peer_inode == 0) {
            text.put('-');
            return;
        }
        const auto name = snapshot_.unix_names.find(socket.peer_inode);
        if (name != snapshot_.unix_names.end()) {
            text.escaped(name->second);
        } else {
            text.put('#');
            text.number(socket.peer_inode);
        }
    }

    /// "nginx[812,813] sshd[1]": each process once.
    void put_holders(const Socket& socket, Text& text) const {
        const auto holders = snapshot_.holders(socket);
        if (holders.empty()) text.put('-');
        for (std::size_t i = 0; i < holders.size(); ++i) {
            if (i != 0 && holders[i].pid == holders[i - 1].pid) continue;
            const bool same = i != 0 && holders[i].name == holders[i - 1].name;
            if (same) {
                text.truncate(text.size() - 1);
                text.put(',');
            } else {
                if (i != 0) text.put(' ');
                text.escaped(holders[i].name);
                text.put('[');
            }
            text.number(static_cast<std::uint64_t>(holders[i].pid));
            text.put(']');
        }
    }

    static void put_timer(const Socket& socket, Text& text) {
        if (socket.timer == fid::sockets::Timer::none) {
            text.put('-');
            return;
        }
        text.put(timer_name(socket.timer));
        text.put(' ');
        constexpr unsigned ms_per_s = 1000;
        text.number(socket.timer_ms / ms_per_s);
        text.put('.');
        text.padded(socket.timer_ms % ms_per_s, 3);
        text.put('s');
        if (socket.retransmits == 0) return;
        text.put(" retransmits ");
        text.number(socket.retransmits);
    }

    const Snapshot& snapshot_;
    Names& names_;
    const Layout& layout_;
};

void Cells::put_info(const TcpInfo& info, Text& text) {
    const auto number = [&](std::string_view label, std::uint64_t value) {
        text.put(' ');
        text.put(label);
        text.put(' ');
        text.number(value);
    };
    const auto time = [&](std::string_view label, std::uint64_t us) {
        text.put(' ');
        text.put(label);
        text.put(' ');
        put_time(text, us);
    };
    if (info.congestion.empty())
        text.put('-');
    else
        text.escaped(info.congestion);
    time("rtt", info.rtt_us);
    text.put("/");
    put_time(text, info.rtt_variance_us);
    if (info.min_rtt_us) time("min-rtt", *info.min_rtt_us);
    time("rto", info.rto_us);
    number("mss", info.snd_mss);
    number("pmtu", info.path_mtu);
    number("cwnd", info.congestion_window);
    constexpr std::uint32_t unset = 0x7fffffff;
    if (info.slow_start_threshold < unset) number("ssthresh", info.slow_start_threshold);
    if (info.bytes_sent) number("sent", *info.bytes_sent);
    if (info.bytes_acked) number("acked", *info.bytes_acked);
    if (info.bytes_received) number("received", *info.bytes_received);
    if (info.bytes_retransmitted.value_or(0) != 0) number("sent-again", *info.bytes_retransmitted);
    if (info.unacked != 0) number("unacked", info.unacked);
    if (info.lost != 0) number("lost", info.lost);
    if (info.retransmits_total != 0) number("retransmits", info.retransmits_total);
    if (info.not_sent.value_or(0) != 0) number("not-sent", *info.not_sent);
    if (info.delivery_rate.value_or(0) != 0) {
        number("delivery", *info.delivery_rate);
        text.put("B/s");
    }
    for (const auto& [on, name] :
         {std::pair(info.timestamps, " timestamps"), std::pair(info.sack, " sack"), std::pair(info.ecn, " ecn")})
        if (on) text.put(name);
    text.put(" wscale ");
    text.number(info.send_scale);
    text.put(',');
    text.number(info.receive_scale);
}

/// Below its socket: indented, dim, broken at blanks where the terminal ends.
void write_wrapped(report::Output& out, std::string_view words) {
    constexpr std::string_view indent = "    ";
    const std::size_t room = out.columns() > 2 * indent.size() ? out.columns() - indent.size() : indent.size();
    while (!words.empty()) {
        std::size_t size = words.size();
        if (size > room) {
            size = words.rfind(' ', room);
            if (size == std::string_view::npos || size == 0) size = std::min(words.find(' ', 1), words.size());
        }
        out.text().put(indent);
        out.style(report::Style::dim);
        out.text().put(words.substr(0, size));
        out.style(report::Style::plain);
        out.text().put('\n');
        words.remove_prefix(std::min(words.size(), size + 1));
    }
}

void write_table(report::Output& out, const Snapshot& snapshot, Cells& cells, const Layout& layout, std::size_t most) {
    report::Table table(cells.headings(), out.columns(), out.color());
    Text text;
    Text lines;
    for (std::size_t i = 0; i < most; ++i) {
        std::vector<std::string> row;
        cells.put(snapshot.sockets[i], text, [&] { row.push_back(text.take()), text.clear(); });
        table.row(std::move(row), lines);
    }
    table.finish(lines);
    if (!layout.info) {
        out.text().put(lines.view());
        return;
    }
    // What TCP knows stands below its socket's line; the first line is the heading.
    std::string_view rest = lines.view();
    for (std::size_t i = 0; !rest.empty(); ++i) {
        const std::size_t end = rest.find('\n') + 1;
        out.text().put(rest.substr(0, end));
        rest.remove_prefix(end);
        if (i == 0 || !tells_info(snapshot.sockets[i - 1])) continue;
        Text info;
        Cells::put_info(*snapshot.sockets[i - 1].info, info);
        write_wrapped(out, info.view());
    }
}

}  // namespace

void write_sockets(report::Output& out, const Snapshot& snapshot, Names& names, const Layout& layout,
                   std::size_t most) {
    Cells cells(snapshot, names, layout);
    const std::size_t count = most == 0 ? snapshot.sockets.size() : std::min(most, snapshot.sockets.size());
    if (out.terminal()) {
        write_table(out, snapshot, cells, layout, count);
        return;
    }
    Text& text = out.text();
    for (std::size_t i = 0; i < count && !out.closed(); ++i) {
        const Socket& socket = snapshot.sockets[i];
        cells.put(socket, text, [&] { text.put('\t'); });
        if (layout.info) {
            if (tells_info(socket))
                Cells::put_info(*socket.info, text);
            else
                text.put('-');
        } else {
            text.truncate(text.size() - 1);
        }
        text.put('\n');
        out.line_done();
    }
}

}  // namespace fid::cmd::sockets
