// SPDX-License-Identifier: MIT
#include "transport/recorder.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <random>
#include <thread>
#include <vector>

#include "capture/reader.h"
#include "packet/packet.h"
#include "transport/synthesis.h"
#include "transport/tcp_conversation.h"

using namespace fid;
using namespace fid::transport;

namespace {

unsigned at16(Bytes bytes, std::size_t at) { return bytes[at] * 256U + bytes[at + 1]; }
std::uint32_t at32(Bytes bytes, std::size_t at) { return (at16(bytes, at) << 16U) + at16(bytes, at + 2); }

/// The sum of RFC 1071, the slow way; 0xffff over everything that has its checksum within.
unsigned slow_sum(Bytes bytes, unsigned sum = 0) {
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        sum += i % 2 == 0 ? bytes[i] * 256U : bytes[i];
        sum = (sum & 0xffffU) + (sum >> 16U);
    }
    return sum;
}

Ends ends_of(const char* source, const char* destination) {
    return {*Address::parse(source), *Address::parse(destination), 40000, 80};
}

/// Checks each segment against those before, as a receiver would.
class Observer final : public SegmentSink {
  public:
    struct Half {
        std::uint32_t next = 0, acknowledged = 0;
        std::vector<std::uint8_t> data;
    };

    void segment(Side from, const PacketHead& head, Bytes payload) override {
        const Bytes bytes = head.bytes();
        const bool v4 = bytes[0] >> 4U == 4;
        const std::size_t start = v4 ? 20 : 40, addresses = v4 ? 8 : 32;
        const Bytes tcp = bytes.subspan(start);
        CHECK(std::size_t{tcp[12]} / 16 * 4 == tcp.size());
        const std::size_t length = tcp.size() + payload.size();
        CHECK(length + (v4 ? start : 0) == at16(bytes, v4 ? 2 : 4));
        if (v4) CHECK(slow_sum(bytes.first(start)) == 0xffff);
        const unsigned pseudo =
            slow_sum(bytes.subspan(start - addresses, addresses), static_cast<unsigned>(length) + 6);
        CHECK(slow_sum(payload, slow_sum(tcp, pseudo)) == 0xffff);

        Half& sender = halves[static_cast<std::size_t>(from)];
        Half& receiver = halves[static_cast<std::size_t>(other(from))];
        const unsigned flags = tcp[13];
        if ((flags & TcpSegment::syn) != 0) sender.next = sender.acknowledged = at32(tcp, 4);
        CHECK(at32(tcp, 4) == sender.next);
        sender.next +=
            static_cast<std::uint32_t>(payload.size() + ((flags & (TcpSegment::syn | TcpSegment::fin)) != 0));
        if ((flags & TcpSegment::ack) != 0) {
            CHECK(at32(tcp, 8) == receiver.next);
            // Without payload or FIN it must acknowledge something new: an analyser would count a duplicate.
            if (payload.empty() && flags == TcpSegment::ack) CHECK(receiver.acknowledged != at32(tcp, 8));
            receiver.acknowledged = at32(tcp, 8);
        }
        CHECK(sender.next - sender.acknowledged < window_bytes);
        sender.data.insert(sender.data.end(), payload.begin(), payload.end());
        ++segments;
    }

    Half halves[2];
    std::size_t segments = 0;
};

class Folder {
  public:
    Folder() {
        std::string pattern = (std::filesystem::temp_directory_path() / "fid-recorder-XXXXXX").string();
        REQUIRE(::mkdtemp(pattern.data()) != nullptr);
        path_ = pattern;
    }
    ~Folder() { std::filesystem::remove_all(path_); }
    [[nodiscard]] std::string file() const { return (path_ / "out.pcapng").string(); }

  private:
    std::filesystem::path path_;
};

}  // namespace

TEST_CASE("the Internet checksum is that of RFC 1071, for every length") {
    const std::uint8_t example[] = {0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7};
    const std::uint16_t sum = internet_checksum(checksum_sum(example));
    const std::uint8_t wire[] = {0x22, 0x0d};
    CHECK(std::memcmp(&sum, wire, 2) == 0);
    std::mt19937 random(1);
    std::vector<std::uint8_t> bytes(70000);
    for (std::uint8_t& each : bytes) each = static_cast<std::uint8_t>(random());
    for (const std::size_t size : {0U, 1U, 2U, 3U, 4U, 5U, 7U, 1499U, 65535U, 70000U}) {
        CAPTURE(size);
        const std::uint16_t ours = internet_checksum(checksum_sum(Bytes(bytes).first(size)));
        const auto* as_wire = reinterpret_cast<const std::uint8_t*>(&ours);
        CHECK((slow_sum(Bytes(bytes).first(size)) ^ 0xffffU) == as_wire[0] * 256U + as_wire[1]);
    }
}

TEST_CASE("a TCP conversation adds up, past the end of the sequence numbers") {
    for (const Ends& ends : {ends_of("192.0.2.1", "192.0.2.2"), ends_of("2001:db8::1", "2001:db8::2")}) {
        Observer observer;
        TcpConversation tcp(ends, 0xffffff00U, 0xffff0000U);
        tcp.establish(observer);
        CHECK(observer.segments == 3);
        std::mt19937 random(2);
        std::vector<std::uint8_t> sent[2];
        std::vector<std::uint8_t> bytes(100'000);
        for (std::uint8_t& each : bytes) each = static_cast<std::uint8_t>(random());
        for (int i = 0; i < 400; ++i) {
            const Side from = random() % 8 == 0 ? Side::local : Side::remote;
            const Bytes piece = Bytes(bytes).first(random() % bytes.size());
            tcp.data(from, piece, observer);
            auto& all = sent[static_cast<std::size_t>(from)];
            all.insert(all.end(), piece.begin(), piece.end());
        }
        tcp.end(Side::local, observer);
        tcp.data(Side::local, bytes, observer);  // nothing any more
        tcp.data(Side::remote, bytes, observer);
        sent[1].insert(sent[1].end(), bytes.begin(), bytes.end());
        tcp.end(Side::remote, observer);
        tcp.end(Side::remote, observer);
        CHECK(observer.halves[0].data == sent[0]);
        CHECK(observer.halves[1].data == sent[1]);
        CHECK(observer.halves[0].next == 0xffffff00U + 2 + static_cast<std::uint32_t>(sent[0].size()));
        CHECK(observer.halves[0].acknowledged == observer.halves[0].next);
        CHECK(observer.halves[1].acknowledged == observer.halves[1].next);
        const std::size_t before = observer.segments;
        tcp.reset(Side::remote, observer);
        tcp.reset(Side::local, observer);
        CHECK(observer.segments == before + 1);
    }
}

TEST_CASE("a recording is read back as packets with the true ends") {
    const Folder folder;
    auto recorder = Recorder::start({.path = folder.file(), .application = "a test"});
    REQUIRE(recorder);
    const SocketAddress local(*Address::parse("2001:db8::1"), 5000), remote(*Address::parse("2001:db8::2"), 443);
    Flow none;
    CHECK(!none);
    none.connected();
    none.sent(as_bytes("dropped"));
    none.secrets("dropped");
    Flow first = (*recorder)->open(local, remote, FlowKind::stream, "a comment");
    CHECK(first);
    first.connected();
    Flow flow = std::move(first);
    flow.sent(as_bytes("question"));
    flow.received(as_bytes("answer"));
    Flow datagrams = (*recorder)->open(SocketAddress(), remote, FlowKind::datagram);
    datagrams.received(as_bytes("x"));
    REQUIRE((*recorder)->close());
    flow.sent(as_bytes("too late"));
    CHECK(!(*recorder)->failed());

    auto reader = capture::Reader::open(folder.file());
    REQUIRE(reader);
    capture::PacketRecord record;
    packet::Packet packet;
    std::vector<std::string> lines;
    while (reader->next(record)) {
        packet::dissect(packet, record.data, record.length, record.link_type);
        std::string line = std::to_string(record.flags) + " " + packet.source().text() + " " +
                           std::to_string(packet.source_port) + " " + packet.destination().text() + " " +
                           std::to_string(packet.destination_port);
        capture::each_comment(record, [&line](std::string_view comment) { line += " " + std::string(comment); });
        for (const packet::Layer& layer : packet.layers()) CHECK(!layer.malformed);
        CHECK((packet.has(packet::Protocol::tcp) || packet.has(packet::Protocol::udp)));
        lines.push_back(std::move(line));
    }
    const std::string out = "2 2001:db8::1 5000 2001:db8::2 443", in = "1 2001:db8::2 443 2001:db8::1 5000";
    CHECK(lines == std::vector<std::string>{out + " a comment", in, out, out, in, "1 2001:db8::2 443 :: 0"});
}

TEST_CASE("flows of several threads share a recorder") {
    const Folder folder;
    auto recorder = Recorder::start({.path = folder.file(), .application = "a test"});
    REQUIRE(recorder);
    constexpr int threads = 4, packets = 2000;
    std::vector<std::thread> all;
    for (int i = 0; i < threads; ++i) {
        all.emplace_back([&recorder, i] {
            const SocketAddress local(Address::v4(0x7f000001), static_cast<std::uint16_t>(1000 + i));
            Flow flow = (*recorder)->open(local, local, FlowKind::datagram);
            flow.handshake_begins();
            for (int n = 0; n < packets; ++n) {
                flow.received(as_bytes("12345"));
                if (n == packets / 2) flow.secrets("SECRET");
            }
            flow.handshake_ends();
        });
    }
    for (std::thread& each : all) each.join();
    REQUIRE((*recorder)->close());
    auto reader = capture::Reader::open(folder.file());
    REQUIRE(reader);
    capture::PacketRecord record;
    capture::Timestamp last{};
    bool in_order = true;
    int count = 0;
    for (; reader->next(record); ++count) {
        in_order = in_order && !(record.time < last);
        last = record.time;
    }
    CHECK(count == threads * packets);
    CHECK(in_order);
    CHECK(reader->secrets().size() == threads);
    CHECK(reader->damage_count() == 0);
}
