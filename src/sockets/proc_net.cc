// SPDX-License-Identifier: MIT
#include "sockets/proc_net.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>

#include "sockets/messages.h"
#include "transport/descriptor.h"

namespace fid::sockets {
namespace {

/// The kernel counts timers in USER_HZ here, which is 100 on every architecture we build for.
constexpr std::uint32_t ms_per_tick = 10;

std::string_view take_line(std::string_view& text) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    return line;
}

/// The next word; empty at the end.
std::string_view take_word(std::string_view& line) {
    const std::size_t start = std::min(line.find_first_not_of(' '), line.size());
    line.remove_prefix(start);
    const std::string_view word = line.substr(0, line.find(' '));
    line.remove_prefix(word.size());
    return word;
}

/// Reads numbers, and remembers whether each was one.
class Numbers {
  public:
    template <class T = std::uint32_t>
    T read(std::string_view text, int base) {
        T value = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
        if (error != std::errc() || end != text.data() + text.size()) good_ = false;
        return value;
    }
    /// "left:right", both hexadecimal.
    std::pair<std::uint32_t, std::uint32_t> read_pair(std::string_view text) {
        const std::size_t colon = text.find(':');
        if (colon == std::string_view::npos) {
            good_ = false;
            return {};
        }
        return {read(text.substr(0, colon), 16), read(text.substr(colon + 1), 16)};
    }
    /// "0100007F:0016": words of an address as this machine keeps them in memory, and a port.
    Address read_address(std::string_view text, std::uint16_t& port) {
        const std::size_t colon = text.find(':');
        if (colon != 8 && colon != 32) {
            good_ = false;
            return {};
        }
        port = read<std::uint16_t>(text.substr(colon + 1), 16);
        Uint128 number = 0;
        for (std::size_t at = 0; at < colon; at += 8) number = (number << 32U) | ntohl(read(text.substr(at, 8), 16));
        return {colon == 8 ? Family::v4 : Family::v6, number};
    }
    [[nodiscard]] bool good() const { return good_; }

  private:
    bool good_ = true;
};

/// sl local remote st tx:rx tr:when retransmits uid timeout inode ...
bool read_inet_line(Kind kind, std::string_view line, Socket& socket) {
    std::array<std::string_view, 10> words;
    for (auto& word : words) word = take_word(line);
    Numbers numbers;
    socket.kind = kind;
    socket.local = numbers.read_address(words[1], socket.local_port);
    socket.peer = numbers.read_address(words[2], socket.peer_port);
    const auto state = numbers.read(words[3], 16);
    socket.state = state >= 1 && state <= 11 ? static_cast<State>(state) : State::syn_received;
    const auto queues = numbers.read_pair(words[4]);
    if (socket.state != State::listen) socket.send_queue = queues.first;
    socket.recv_queue = queues.second;
    const auto timer = numbers.read_pair(words[5]);
    if (timer.first >= 1 && timer.first <= 4) {
        socket.timer = static_cast<Timer>(timer.first);
        socket.timer_ms = timer.second > 0xffffffffU / ms_per_tick ? 0xffffffffU : timer.second * ms_per_tick;
    }
    socket.retransmits = static_cast<std::uint8_t>(std::min(numbers.read(words[6], 16), 255U));
    const auto uid = numbers.read(words[7], 10);
    socket.inode = numbers.read<std::uint64_t>(words[9], 10);
    if (socket.inode != 0) socket.uid = uid;
    return numbers.good();
}

/// Num RefCount Protocol Flags Type St Inode Path
bool read_unix_line(std::string_view line, Socket& socket) {
    std::array<std::string_view, 7> words;
    for (auto& word : words) word = take_word(line);
    Numbers numbers;
    constexpr std::uint32_t accepts = 0x10000;                                // __SO_ACCEPTCON
    enum : std::uint32_t { unconnected = 1, connecting = 2, connected = 3 };  // SS_* of linux/net.h
    socket.kind = Kind::unix_domain;
    socket.type = static_cast<std::uint8_t>(numbers.read(words[4], 16));
    const auto state = numbers.read(words[5], 16);
    socket.state = State::closed;
    if (state == connected) socket.state = State::established;
    if (state == connecting) socket.state = State::syn_sent;
    if ((numbers.read(words[3], 16) & accepts) != 0) socket.state = State::listen;
    socket.inode = numbers.read<std::uint64_t>(words[6], 10);
    // A path may hold blanks: all that is left is the path.
    if (line.starts_with(' ')) socket.name = line.substr(1);
    return numbers.good();
}

/// sk Eth Pid Groups Rmem Wmem Dump Locks Drops Inode
bool read_netlink_line(std::string_view line, Socket& socket) {
    std::array<std::string_view, 10> words;
    for (auto& word : words) word = take_word(line);
    Numbers numbers;
    socket.kind = Kind::netlink;
    socket.name = netlink_name(numbers.read(words[1], 10), numbers.read(words[2], 10));
    socket.recv_queue = numbers.read(words[4], 10);
    socket.send_queue = numbers.read(words[5], 10);
    socket.inode = numbers.read<std::uint64_t>(words[9], 10);
    return numbers.good();
}

/// sk RefCnt Type Proto Iface R Rmem User Inode
bool read_packet_line(std::string_view line, Socket& socket) {
    std::array<std::string_view, 9> words;
    for (auto& word : words) word = take_word(line);
    Numbers numbers;
    socket.kind = Kind::packet;
    socket.type = static_cast<std::uint8_t>(numbers.read(words[2], 10));
    socket.local_port = numbers.read<std::uint16_t>(words[3], 16);
    socket.interface = numbers.read(words[4], 10);
    socket.recv_queue = numbers.read(words[6], 10);
    socket.uid = numbers.read(words[7], 10);
    socket.inode = numbers.read<std::uint64_t>(words[8], 10);
    return numbers.good();
}

bool read_line(ProcFile file, std::string_view line, Socket& socket) {
    switch (file) {
        case ProcFile::tcp:
        case ProcFile::tcp6:
            return read_inet_line(Kind::tcp, line, socket);
        case ProcFile::udp:
        case ProcFile::udp6:
            return read_inet_line(Kind::udp, line, socket);
        case ProcFile::raw:
        case ProcFile::raw6:
            return read_inet_line(Kind::raw, line, socket);
        case ProcFile::unix_domain:
            return read_unix_line(line, socket);
        case ProcFile::netlink:
            return read_netlink_line(line, socket);
        case ProcFile::packet:
            return read_packet_line(line, socket);
    }
    return false;
}

}  // namespace

std::size_t read_proc_net(ProcFile file, std::string_view text, std::vector<Socket>& sockets) {
    std::size_t bad = 0;
    take_line(text);  // the heading
    while (!text.empty()) {
        const std::string_view line = take_line(text);
        if (line.empty()) continue;
        Socket socket;
        if (read_line(file, line, socket))
            sockets.push_back(std::move(socket));
        else
            ++bad;
    }
    return bad;
}

std::string_view proc_file_name(ProcFile file) {
    static constexpr std::array<std::string_view, 9> names{"tcp",  "tcp6", "udp",     "udp6",  "raw",
                                                           "raw6", "unix", "netlink", "packet"};
    return names.at(static_cast<std::size_t>(file));
}

std::vector<ProcFile> proc_files(Kind kind, bool v4, bool v6) {
    const auto pair = [&](ProcFile four, ProcFile six) {
        std::vector<ProcFile> files;
        if (v4) files.push_back(four);
        if (v6) files.push_back(six);
        return files;
    };
    switch (kind) {
        case Kind::tcp:
            return pair(ProcFile::tcp, ProcFile::tcp6);
        case Kind::udp:
            return pair(ProcFile::udp, ProcFile::udp6);
        case Kind::raw:
            return pair(ProcFile::raw, ProcFile::raw6);
        case Kind::unix_domain:
            return {ProcFile::unix_domain};
        case Kind::netlink:
            return {ProcFile::netlink};
        case Kind::packet:
            return {ProcFile::packet};
    }
    return {};
}

Result<void> read_proc_file(const std::string& folder, ProcFile file, std::vector<Socket>& sockets) {
    const std::string path = folder + "/" + std::string(proc_file_name(file));
    const transport::Descriptor descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!descriptor.valid() && errno == ENOENT) return {};
    if (!descriptor.valid()) return fail_errno(Status::cannot_read, "cannot read", path, errno);
    std::string text;
    constexpr std::size_t block = 64 * 1024;
    for (;;) {
        const std::size_t before = text.size();
        text.resize(before + block);
        const auto size = ::read(descriptor.get(), text.data() + before, block);
        text.resize(before + static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
        if (size < 0 && errno == EINTR) continue;
        if (size < 0) return fail_errno(Status::cannot_read, "cannot read", path, errno);
        if (size == 0) break;
    }
    const std::size_t bad = read_proc_net(file, text, sockets);
    // Where most of it makes no sense it is some other file.
    if (bad != 0 && bad * 2 > static_cast<std::size_t>(std::ranges::count(text, '\n')))
        return fail(Status::bad_input, "not a file of /proc/net:", path);
    return {};
}

}  // namespace fid::sockets
