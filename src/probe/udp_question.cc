// SPDX-License-Identifier: MIT
#include "probe/udp_question.h"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>

#include "probe/udp_payload.h"

namespace fid::probe {
namespace {

using namespace std::string_view_literals;

struct Question {
    std::uint16_t port;
    std::string_view bytes;
};

// RFC 9000 section 6: a version nobody speaks is answered with those one does, in datagrams of at least 1200 bytes.
constexpr std::string_view quic =
    "\xc0\x1a\x2a\x3a\x4a\x08\x83\x94\xc8\xf0\x3e\x51\x57\x08\x08\x01\x02\x03\x04"
    "\x05\x06\x07\x08"sv;
constexpr std::size_t quic_size = 1200;

// Ascending by port. A port that stands twice is asked these questions in turn.
constexpr auto questions = std::to_array<Question>({
    // RFC 1057: the null procedure of the port mapper.
    {111, "\x66\x69\x64\x01\0\0\0\0\0\0\0\x02\0\x01\x86\xa0\0\0\0\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"sv},
    // RFC 1002: node status of "*".
    {137, "\x66\x69\0\0\0\x01\0\0\0\0\0\0 CKAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\0\0\x21\0\x01"sv},
    // RFC 1157: sysDescr.0 as "public".
    {161,
     "\x30\x26\x02\x01\0\x04\x06public\xa0\x19\x02\x01\x01\x02\x01\0\x02\x01\0\x30\x0e\x30\x0c\x06\x08\x2b\x06\x01"
     "\x02\x01\x01\x01\0\x05\0"sv},
    // RFC 3414 section 4: who is the engine? Answered without any credential.
    {161,
     "\x30\x3a\x02\x01\x03\x30\x0f\x02\x02\x66\x69\x02\x03\0\xff\xe3\x04\x01\x04\x02\x01\x03\x04\x10\x30\x0e\x04\0"
     "\x02\x01\0\x02\x01\0\x04\0\x04\0\x04\0\x30\x12\x04\0\x04\0\xa0\x0c\x02\x02\x66\x69\x02\x01\0\x02\x01\0"
     "\x30\0"sv},
    // RFC 3352: the root entry, object class only, over UDP as Active Directory answers it.
    {389,
     "\x30\x25\x02\x01\x01\x63\x20\x04\0\x0a\x01\0\x0a\x01\0\x02\x01\0\x02\x01\0\x01\x01\0\x87\x0b"
     "objectClass\x30\0"sv},
    {443, quic},
    // RFC 2453 section 3.9.1: the whole table.
    {520, "\x01\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x10"sv},
    // ASF 2.0: presence ping.
    {623, "\x06\0\xff\x06\0\0\x11\xbe\x80\0\0\0"sv},
    {853, quic},
    // A client's hard reset, with a session identifier.
    {1194, "\x38\x66\x69\x64\x20\x70\x6f\x72\x74\0\0\0\0\0"sv},
    // MC-SQLR: the instances there are.
    {1434, "\x03"sv},
    // UPnP 1.1: a search sent to one device.
    {1900,
     "M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: \"ssdp:discover\"\r\nMX: 1\r\n"
     "ST: upnp:rootdevice\r\n\r\n"sv},
    // The null procedure of NFS 3.
    {2049, "\x66\x69\x64\x02\0\0\0\0\0\0\0\x02\0\x01\x86\xa3\0\0\0\x03\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"sv},
    // RFC 8489: a binding request.
    {3478, "\0\x01\0\0\x21\x12\xa4\x42\x66\x69\x64\x20\x63\x68\x65\x63\x6b\x20\x31\x0a"sv},
    {5060,
     "OPTIONS sip:check@invalid SIP/2.0\r\nVia: SIP/2.0/UDP invalid;branch=z9hG4bKfid;rport\r\n"
     "Max-Forwards: 0\r\nFrom: <sip:check@invalid>;tag=fid\r\nTo: <sip:check@invalid>\r\nCall-ID: fid\r\n"
     "CSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"sv},
    // RFC 6763 section 9, to be answered to us alone (RFC 6762 section 5.4).
    {5353, "\0\0\0\0\0\x01\0\0\0\0\0\0\x09_services\x07_dns-sd\x04_udp\x05local\0\0\x0c\x80\x01"sv},
    // RFC 6690: GET /.well-known/core.
    {5683,
     "\x40\x01\x66\x69\xbb.well-known\x04"
     "core"sv},
    {11211, "\0\x01\0\0\0\x01\0\0version\r\n"sv},
    // BACnet/IP: who is there?
    {47808, "\x81\x0a\0\x08\x01\0\x10\x08"sv},
});
static_assert(std::ranges::is_sorted(questions, {}, &Question::port));

}  // namespace

std::vector<std::uint8_t> udp_question(std::uint16_t port, unsigned attempt) {
    constexpr std::uint64_t no_key = 0;  // sent through a connected socket: nobody else's answers come
    if (const UdpService service = udp_service(port); service != UdpService::none)
        return udp_payload(service, 0, no_key, {.target = 0, .sequence = attempt + 1});
    const auto range = std::ranges::equal_range(questions, port, {}, &Question::port);
    const std::span<const Question> known(range.begin(), range.end());
    const std::string_view bytes = known.empty() ? "\r\n"sv : known[attempt % known.size()].bytes;
    std::vector<std::uint8_t> datagram(bytes.begin(), bytes.end());
    if (bytes == quic) datagram.resize(quic_size);
    return datagram;
}

}  // namespace fid::probe
