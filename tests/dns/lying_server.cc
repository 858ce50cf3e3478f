// SPDX-License-Identifier: MIT
// A DNS server for tests that does what servers and networks do at their worst, and as fast as the kernel lets it.
//
//     lying_server [FAULT=PERCENT...] [seed=N] [servers=N]
//
// Prints the UDP ports it listens on, one a line, and serves until standard input ends. Every name has an A record,
// 10.x.y.z by a hash of the name (lower case), but names that begin with "nx" do not exist, "sf" gives SERVFAIL and
// "empty" has no data. Faults, each for so many percent of the questions:
//   drop       no answer
//   wrong-id   an answer with another ID, the right one behind it
//   wrong-name an answer to another question, the right one behind it
//   stranger   an answer with another address from another port, the right one behind it
//   twice      the answer twice
//   late       the answer 300 ms later
//   truncate   TC and no records over UDP; the whole answer over TCP
//   formerr    FORMERR to a question with EDNS
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <map>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;
using Message = std::vector<std::uint8_t>;

constexpr std::size_t header_size = 12;
constexpr unsigned batch = 64;
constexpr std::size_t room = 1500;
constexpr auto lateness = std::chrono::milliseconds(300);

std::map<std::string, int> settings{{"seed", 1}, {"servers", 1}};

/// The length of the question behind the header, 0 where it is none.
std::size_t question_size(const std::uint8_t* bytes, std::size_t size) {
    std::size_t at = header_size;
    while (at < size && bytes[at] != 0) at += bytes[at] + 1U;
    return at + 5 <= size ? at + 5 - header_size : 0;
}

std::uint32_t hash_of(const std::uint8_t* name, std::size_t size) {
    std::uint32_t sum = 2166136261U;
    for (std::size_t i = 0; i < size; ++i) {
        const std::uint8_t c = name[i];
        sum = (sum ^ (c >= 'A' && c <= 'Z' ? c + 32U : c)) * 16777619U;
    }
    return sum;
}

Message answer_to(const std::uint8_t* query, std::size_t question) {
    Message answer(query, query + header_size + question);
    const std::uint8_t* const name = query + header_size;
    const std::string first(reinterpret_cast<const char*>(name + 1), name[0]);
    std::uint8_t code = 0;
    if (first.starts_with("nx")) code = 3;
    if (first.starts_with("sf")) code = 2;
    const bool has_data =
        code == 0 && !first.starts_with("empty") && name[question - 4] == 0 && name[question - 3] == 1;
    answer[2] = 0x84 | (query[2] & 1U);
    answer[3] = static_cast<std::uint8_t>(0x80 | code);
    std::memset(&answer[6], 0, 6);
    if (!has_data) return answer;
    answer[7] = 1;
    const std::uint32_t sum = hash_of(name, question - 4);
    const std::array<std::uint8_t, 16> record{0xc0,
                                              header_size,
                                              0,
                                              1,
                                              0,
                                              1,
                                              0,
                                              0,
                                              1,
                                              44,
                                              0,
                                              4,
                                              10,
                                              static_cast<std::uint8_t>(sum >> 16U),
                                              static_cast<std::uint8_t>(sum >> 8U),
                                              static_cast<std::uint8_t>(sum)};
    answer.insert(answer.end(), record.begin(), record.end());
    return answer;
}

class Server {
  public:
    explicit Server(int seed) : random_(static_cast<unsigned>(seed)) {
        // A port that is free for UDP may be taken for TCP.
        do {
            if (port_ != 0) close(socket_);
            port_ = 0;
            socket_ = bind_one(SOCK_DGRAM, 0);
            listener_ = bind_one(SOCK_STREAM, port_);
        } while (listener_ < 0);
        stranger_ = bind_one(SOCK_DGRAM, 0);
        const int buffer = 4 << 20;
        setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
        setsockopt(socket_, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof buffer);
        listen(listener_, 128);
        std::thread([this] { serve_tcp(); }).detach();
    }
    [[nodiscard]] unsigned port() const { return port_; }

    void serve_udp() {
        std::vector<std::array<std::uint8_t, room>> bytes(batch);
        std::vector<sockaddr_in> peers(batch);
        std::vector<iovec> vectors(batch);
        std::vector<mmsghdr> headers(batch);
        while (true) {
            for (unsigned i = 0; i < batch; ++i) {
                vectors[i] = {bytes[i].data(), room};
                headers[i].msg_hdr = {&peers[i], sizeof(sockaddr_in), &vectors[i], 1, nullptr, 0, 0};
            }
            pollfd ready{socket_, POLLIN, 0};
            poll(&ready, 1, late_.empty() ? -1 : 1);
            send_late();
            const int count = recvmmsg(socket_, headers.data(), batch, MSG_DONTWAIT, nullptr);
            for (int i = 0; i < count; ++i) {
                const auto place = static_cast<std::size_t>(i);
                take(bytes[place].data(), headers[place].msg_len, peers[place]);
            }
            flush();
        }
    }

  private:
    struct Out {
        Message message;
        sockaddr_in peer;
        Clock::time_point when;
    };

    int bind_one(int type, unsigned port) {
        const int made = socket(AF_INET, type, 0);
        const int on = 1;
        setsockopt(made, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
        sockaddr_in place{};
        place.sin_family = AF_INET;
        place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        place.sin_port = htons(static_cast<std::uint16_t>(port));
        socklen_t length = sizeof place;
        if (bind(made, reinterpret_cast<sockaddr*>(&place), length) != 0) {
            close(made);
            return -1;
        }
        getsockname(made, reinterpret_cast<sockaddr*>(&place), &length);
        if (port_ == 0) port_ = ntohs(place.sin_port);
        return made;
    }

    bool happens(const char* fault) {
        const auto found = settings.find(fault);
        return found != settings.end() && static_cast<int>(random_() % 100) < found->second;
    }

    void take(const std::uint8_t* query, std::size_t size, const sockaddr_in& peer) {
        const std::size_t question = size < header_size ? 0 : question_size(query, size);
        if (question == 0 || happens("drop")) return;
        Message answer = answer_to(query, question);
        if (query[11] != 0 && happens("formerr")) {
            answer.resize(header_size + question);
            answer[3] = 0x81;
            answer[7] = 0;
        }
        if (happens("truncate")) {
            answer.resize(header_size + question);
            answer[2] |= 2U;
            answer[7] = 0;
        }
        if (happens("wrong-id")) {
            Message other = answer;
            other[0] ^= 0x5aU;
            other.back() ^= 1U;
            out_.push_back({std::move(other), peer, {}});
        }
        if (happens("wrong-name")) {
            Message other = answer;
            other[header_size + 1] ^= 1U;
            other.back() ^= 1U;
            out_.push_back({std::move(other), peer, {}});
        }
        if (happens("stranger")) {
            Message other = answer;
            other.back() ^= 1U;
            sendto(stranger_, other.data(), other.size(), 0, reinterpret_cast<const sockaddr*>(&peer), sizeof peer);
        }
        if (happens("twice")) out_.push_back({answer, peer, {}});
        if (happens("late"))
            late_.push_back({std::move(answer), peer, Clock::now() + lateness});
        else
            out_.push_back({std::move(answer), peer, {}});
    }

    void send_late() {
        while (!late_.empty() && late_.front().when <= Clock::now()) {
            out_.push_back(std::move(late_.front()));
            late_.pop_front();
        }
        flush();
    }

    void flush() {
        std::vector<iovec> vectors(out_.size());
        std::vector<mmsghdr> headers(out_.size());
        for (std::size_t i = 0; i < out_.size(); ++i) {
            vectors[i] = {out_[i].message.data(), out_[i].message.size()};
            headers[i].msg_hdr = {&out_[i].peer, sizeof(sockaddr_in), &vectors[i], 1, nullptr, 0, 0};
        }
        for (std::size_t at = 0; at < out_.size();) {
            const int sent = sendmmsg(socket_, &headers[at], static_cast<unsigned>(out_.size() - at), 0);
            at += sent > 0 ? static_cast<std::size_t>(sent) : 1;
        }
        out_.clear();
    }

    void serve_tcp() const {
        while (true) {
            const int peer = accept(listener_, nullptr, nullptr);
            if (peer < 0) return;
            std::thread([peer] { converse(peer); }).detach();
        }
    }

    static bool read_all(int peer, std::uint8_t* into, std::size_t size) {
        for (std::size_t have = 0; have < size;) {
            const ssize_t got = read(peer, into + have, size - have);
            if (got <= 0) return false;
            have += static_cast<std::size_t>(got);
        }
        return true;
    }

    static void converse(int peer) {
        std::array<std::uint8_t, 2> length{};
        while (read_all(peer, length.data(), 2)) {
            Message query(std::size_t{length[0]} << 8U | length[1]);
            if (!read_all(peer, query.data(), query.size())) break;
            const std::size_t question = query.size() < header_size ? 0 : question_size(query.data(), query.size());
            if (question == 0) break;
            Message answer = answer_to(query.data(), question);
            const std::size_t size = answer.size();
            answer.insert(answer.begin(), {static_cast<std::uint8_t>(size >> 8U), static_cast<std::uint8_t>(size)});
            if (write(peer, answer.data(), answer.size()) < 0) break;
        }
        close(peer);
    }

    std::mt19937 random_;
    unsigned port_ = 0;
    int socket_, stranger_, listener_;
    std::vector<Out> out_;
    std::deque<Out> late_;
};

}  // namespace

int main(int argc, char** argv) {
    for (int i = 1; i < argc; ++i) {
        const std::string word = argv[i];
        const std::size_t equals = word.find('=');
        if (equals == std::string::npos) return 2;
        settings[word.substr(0, equals)] = std::atoi(word.c_str() + equals + 1);
    }
    std::signal(SIGPIPE, SIG_IGN);
    std::vector<Server*> servers;  // until the process ends
    for (int i = 0; i < settings["servers"]; ++i) servers.push_back(new Server(settings["seed"] + i));
    for (Server* const server : servers) {
        std::printf("%u\n", server->port());
        std::thread([server] { server->serve_udp(); }).detach();
    }
    std::fflush(stdout);
    char byte = 0;
    while (read(0, &byte, 1) > 0) {
    }
    std::_Exit(0);
}
