// SPDX-License-Identifier: MIT
// Drives a Recorder by commands on standard input, for recorder_peers.py, which looks at the result with other
// programs. One command a line:
//
//     open FLOW stream|datagram|icmp LOCAL REMOTE [COMMENT]     LOCAL: ADDRESS#PORT, unix:PATH, unix: (unnamed)
//     FLOW connecting|connected|refused|accepted|sent_end|received_end|reset_by_us|reset_by_peer
//     FLOW sent|received HEX        FLOW sent_file|received_file PATH PIECE
//     FLOW handshake_begins|handshake_ends      FLOW secrets LINE       FLOW close
//     name ADDRESS NAME       flush       sleep MILLISECONDS       measure BYTES PIECE       kill
//
// usage: recorder_driver FILE [ROTATE_BYTES]; status 23 with the reason where the file could not be written.
#include <signal.h>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <functional>
#include <iostream>
#include <map>
#include <sstream>
#include <thread>
#include <vector>

#include "transport/recorder.h"

using namespace fid;
using namespace fid::transport;

namespace {

SocketAddress socket_of(const std::string& text) {
    if (text == "unix:") return {};
    if (text.starts_with("unix:@")) return *SocketAddress::unix_abstract(text.substr(6));
    if (text.starts_with("unix:")) return *SocketAddress::unix_path(text.substr(5));
    const std::size_t mark = text.find('#');
    return {Address::parse(text.substr(0, mark)).value(),
            static_cast<std::uint16_t>(std::stoul(text.substr(mark + 1)))};
}

std::vector<std::uint8_t> from_hex(const std::string& hex) {
    std::vector<std::uint8_t> bytes;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
        bytes.push_back(static_cast<std::uint8_t>(std::stoul(hex.substr(i, 2), nullptr, 16)));
    return bytes;
}

void each_piece(const std::string& path, std::size_t piece, const std::function<void(Bytes)>& take) {
    std::ifstream file(path, std::ios::binary);
    std::vector<char> bytes(piece);
    while (file) {
        file.read(bytes.data(), static_cast<std::streamsize>(piece));
        take(as_bytes({bytes.data(), static_cast<std::size_t>(file.gcount())}));
    }
}

/// Records so many bytes in pieces and tells the rate on standard error.
void measure(Flow& flow, std::uint64_t size, std::size_t piece) {
    const std::vector<std::uint8_t> bytes(piece, 0x5a);
    const auto start = std::chrono::steady_clock::now();
    for (std::uint64_t done = 0; done < size; done += piece) flow.received(bytes);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    std::fprintf(stderr, "%.0f MB/s, %.0f pieces/s\n", static_cast<double>(size) / took.count() / 1e6,
                 static_cast<double>(size / piece) / took.count());
}

const std::map<std::string, void (Flow::*)()> events{
    {"connecting", &Flow::connecting},
    {"connected", &Flow::connected},
    {"refused", &Flow::refused},
    {"accepted", &Flow::accepted},
    {"sent_end", &Flow::sent_end},
    {"received_end", &Flow::received_end},
    {"reset_by_us", &Flow::reset_by_us},
    {"reset_by_peer", &Flow::reset_by_peer},
    {"handshake_begins", &Flow::handshake_begins},
    {"handshake_ends", &Flow::handshake_ends},
};

void drive_flow(Flow& flow, std::istringstream& words) {
    std::string what, argument;
    words >> what;
    if (const auto event = events.find(what); event != events.end()) {
        (flow.*event->second)();
        return;
    }
    words >> std::ws;
    if (what == "secrets") {
        std::getline(words, argument);
        flow.secrets(argument);
        return;
    }
    words >> argument;
    std::size_t piece = 0;
    if (what == "sent") {
        flow.sent(from_hex(argument));
    } else if (what == "received") {
        flow.received(from_hex(argument));
    } else if (what == "sent_file" && words >> piece) {
        each_piece(argument, piece, [&](Bytes bytes) { flow.sent(bytes); });
    } else if (what == "received_file" && words >> piece) {
        each_piece(argument, piece, [&](Bytes bytes) { flow.received(bytes); });
    } else if (what == "measure" && words >> piece) {
        measure(flow, std::stoull(argument), piece);
    } else if (what == "close") {
        flow = Flow();
    } else {
        std::cerr << "recorder_driver: what is '" << what << "'?\n";
        std::exit(2);
    }
}

int drive(Recorder& recorder) {
    std::map<std::string, Flow> flows;
    const std::map<std::string, FlowKind> kinds{
        {"stream", FlowKind::stream}, {"datagram", FlowKind::datagram}, {"icmp", FlowKind::icmp}};
    std::string line;
    while (std::getline(std::cin, line)) {
        std::istringstream words(line);
        std::string first;
        words >> first;
        if (first == "open") {
            std::string name, kind, local, remote, comment;
            words >> name >> kind >> local >> remote >> std::ws;
            std::getline(words, comment);
            flows[name] = recorder.open(socket_of(local), socket_of(remote), kinds.at(kind), comment);
        } else if (first == "name") {
            std::string address, name;
            words >> address >> name;
            recorder.name(Address::parse(address).value(), name);
        } else if (first == "flush") {
            (void)recorder.flush();
        } else if (first == "sleep") {
            long milliseconds = 0;
            words >> milliseconds;
            std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
        } else if (first == "kill") {
            ::raise(SIGKILL);
        } else {
            drive_flow(flows.at(first), words);
        }
    }
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    ::signal(SIGPIPE, SIG_IGN);
    if (argc < 2) return 2;
    RecorderOptions options{.path = argv[1], .application = "recorder_driver"};
    if (argc > 2) options.rotate_bytes = std::stoull(argv[2]);
    auto recorder = Recorder::start(options);
    if (!recorder) {
        std::cerr << recorder.error().sentence() << "\n";
        return static_cast<int>(recorder.error().status);
    }
    const int status = drive(**recorder);
    if (auto closed = (*recorder)->close(); !closed) {
        std::cerr << closed.error().sentence() << "\n";
        return static_cast<int>(closed.error().status);
    }
    return status;
}
