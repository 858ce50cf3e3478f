// SPDX-License-Identifier: MIT
// Whole messages of the datagram protocols with every field they must show. The bytes are the examples of the RFCs
// named, or follow the RFC's layout by hand.
#include "dissected.h"

using namespace fid;
using namespace fid::packet;
using namespace fid::packet::test;

namespace {

/// Bytes in hexadecimal, and text behind them as it is.
std::vector<std::uint8_t> joined(std::initializer_list<std::vector<std::uint8_t>> parts) {
    std::vector<std::uint8_t> bytes;
    for (const auto& part : parts) bytes.insert(bytes.end(), part.begin(), part.end());
    return bytes;
}
std::vector<std::uint8_t> text(std::string_view characters) { return {characters.begin(), characters.end()}; }

/// Every field of the message, each as "name=value"; the same dissector survives every cut of it.
Seen read(Protocol protocol, const std::vector<std::uint8_t>& message) {
    CHECK(sound_at_every_length(message, [&](Bytes cut) {
        return alone(protocol, cut, {.missing = static_cast<std::uint32_t>(message.size() - cut.size())});
    }));
    Seen found = alone(protocol, message);
    CHECK(!found.malformed);
    CHECK(!found.truncated);
    return found;
}

}  // namespace

TEST_CASE("stun: sample request of RFC 5769 section 2.1") {
    const Seen found = read(Protocol::stun, from_hex("000100582112a442b7e7a701bc34d686fa87dfae"
                                                     "802200105354554e207465737420636c69656e74"
                                                     "002400046e0001ff80290008932ff9b151263b36"
                                                     "000600096576746a3a68367659202020"
                                                     "000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a2"
                                                     "80280004e57a3bcf"));
    CHECK(found.info == "STUN, Binding Request, length 108");
    CHECK(found.fields ==
          "stun.type=1(Binding Request) stun.length=88 stun.cookie=2112a442 stun.id=b7e7a701bc34d686fa87dfae "
          "stun.att{ stun.att.type=8022(SOFTWARE) stun.att.text=STUN test client } "
          "stun.att{ stun.att.type=24(PRIORITY) stun.att.value=6e0001ff } "
          "stun.att{ stun.att.type=8029(ICE-CONTROLLED) stun.att.value=932ff9b151263b36 } "
          "stun.att{ stun.att.type=6(USERNAME) stun.att.text=evtj:h6vY } "
          "stun.att{ stun.att.type=8(MESSAGE-INTEGRITY) stun.att.value=9aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a2 } "
          "stun.att{ stun.att.type=8028(FINGERPRINT) stun.att.value=e57a3bcf } ");
}

TEST_CASE("stun: sample responses of RFC 5769 sections 2.2 and 2.3") {
    const Seen four = read(Protocol::stun, from_hex("0101003c2112a442b7e7a701bc34d686fa87dfae"
                                                    "8022000b7465737420766563746f7220"
                                                    "002000080001a147e112a643"
                                                    "000800142b91f599fd9e90c38c7489f92af9ba53f06be7d7"
                                                    "80280004c07d4c96"));
    CHECK(four.info == "STUN, Binding Success Response, length 80");
    CHECK(four.fields.contains("stun.att.text=test vector }"));
    CHECK(four.fields.contains("(XOR-MAPPED-ADDRESS) stun.att.port=32853 stun.att.ipv4=192.0.2.1 }"));
    const Seen six = read(Protocol::stun, from_hex("010100482112a442b7e7a701bc34d686fa87dfae"
                                                   "8022000b7465737420766563746f7220"
                                                   "002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d9"
                                                   "00080014a382954e4be67bf11784c97c8292c275bfe3ed41"
                                                   "80280004c8fb0b4c"));
    CHECK(six.fields.contains("stun.att.port=32853 stun.att.ipv6=2001:db8:1234:5678:11:2233:4455:6677 }"));
}

TEST_CASE("stun: error response, RFC 8489 section 14.8") {
    const Seen found = read(Protocol::stun, joined({from_hex("011100142112a442000102030405060708090a0b"
                                                             "0009001000000401"),
                                                    text("Unauthorized")}));
    CHECK(found.info == "STUN, Binding Error Response, length 40");
    CHECK(found.fields.contains("(ERROR-CODE) stun.att.error=401 stun.att.text=Unauthorized }"));
}

TEST_CASE("radius: RFC 2865 section 7.1") {
    const Seen request = read(Protocol::radius, from_hex("010000380f403f9473978057bd83d5cb98f4227a"
                                                         "01066e656d6f02120dbe708d93d413ce3196e43f782a0aee"
                                                         "0406c0a80110050600000003"));
    CHECK(request.info == "RADIUS, Access-Request (1), id: 0x00 length: 56");
    CHECK(request.fields ==
          "radius.code=1(Access-Request) radius.id=0 radius.length=56 "
          "radius.authenticator=0f403f9473978057bd83d5cb98f4227a "
          "radius.attribute{ radius.attribute.type=1(User-Name) radius.attribute.text=nemo } "
          "radius.attribute{ radius.attribute.type=2(User-Password) radius.attribute.text=(hidden) } "
          "radius.attribute{ radius.attribute.type=4(NAS-IP-Address) radius.attribute.address=192.168.1.16 } "
          "radius.attribute{ radius.attribute.type=5(NAS-Port) radius.attribute.number=3 } ");
    const Seen accept = read(Protocol::radius, from_hex("0200002686fe220e7624ba2a1005f6bf9b55e0b2"
                                                        "0606000000010f06000000000e06c0a80103"));
    CHECK(accept.fields.starts_with("radius.code=2(Access-Accept) radius.id=0 radius.length=38 "));
    CHECK(accept.fields.contains("radius.attribute.type=6(Service-Type) radius.attribute.number=1 }"));
    CHECK(accept.fields.contains("radius.attribute.type=14(Login-IP-Host) radius.attribute.address=192.168.1.3 }"));
}

TEST_CASE("coap: RFC 7252 appendix A, figures 16 and 17") {
    const Seen request = read(Protocol::coap, joined({from_hex("40017d34bb"), text("temperature")}));
    CHECK(request.info == "CoAP, CON, GET, mid 32052 /temperature, length 16");
    CHECK(request.fields ==
          "coap.version=1 coap.type=0(CON) coap.token_len=0 coap.code=1(GET) coap.mid=32052 "
          "coap.opt{ coap.opt.number=11(Uri-Path) coap.opt.text=temperature } ");
    const Seen response = read(Protocol::coap, joined({from_hex("61457d3520ff"), text("22.3 C")}));
    CHECK(response.info == "CoAP, ACK, 2.05, mid 32053, length 12");
    CHECK(response.fields ==
          "coap.version=1 coap.type=2(ACK) coap.token_len=1 coap.code=69(2.05) coap.mid=32053 coap.token=20 "
          "coap.payload=32322e332043 ");
}

TEST_CASE("ntp: a server's answer, RFC 5905 section 7.3") {
    // Stratum 1 from GPS; 2024-05-01T10:20:30.5Z is 3923547630 s since 1900.
    const Seen found = read(Protocol::ntp, from_hex("240106e9000012340001800047505300"
                                                    "e9dc95ee80000000e9dc95ed40000000"
                                                    "e9dc95ee80000000e9dc95eec0000000"));
    CHECK(found.info == "NTPv4, Server, length 48");
    CHECK(found.fields ==
          "ntp.leap=0 ntp.version=4 ntp.mode=4(Server) ntp.stratum=1(primary) ntp.poll=6 ntp.precision=233 "
          "ntp.rootdelay=0.071105 ntp.rootdispersion=1.500000 ntp.refid=47505300 "
          "ntp.reftime=2024-05-01T10:20:30.500000Z ntp.org=2024-05-01T10:20:29.250000Z "
          "ntp.rec=2024-05-01T10:20:30.500000Z ntp.xmt=2024-05-01T10:20:30.750000Z ");
}

TEST_CASE("snmp: get, get-bulk, a response with every type, a v1 trap") {
    const Seen get =
        read(Protocol::snmp, from_hex("302902010104067075626c6963a01c02044a3b2c1d020100020100300e300c06082b060102010101"
                                      "000500"));
    CHECK(get.info == "V2c C=*** GetRequest .1.3.6.1.2.1.1.1.0");
    CHECK(get.fields ==
          "snmp.version=1(v2c) snmp.community=public snmp.pdu=0(GetRequest) snmp.request_id=1245391901 snmp.error=0 "
          "snmp.error_index=0 snmp.binding{ snmp.name=.1.3.6.1.2.1.1.1.0 } ");
    // RFC 3416 section 4.2.3: the same two places are other fields in a get-bulk.
    const Seen bulk = read(
        Protocol::snmp, from_hex("302602010104067075626c6963a519020101020100020114300e300c06082b060102010101000500"));
    CHECK(bulk.fields.contains("snmp.request_id=1 snmp.non_repeaters=0 snmp.max_repetitions=20 snmp.binding{"));
    CHECK(!bulk.fields.contains("snmp.error"));
    const Seen response =
        read(Protocol::snmp, from_hex("305b02010104067075626c6963a24e0201010201000201003043300b06062b060102010102012a30"
                                      "0b06062b06010201020201ff300e06062b060102010340040a000001300b06062b06010201044301"
                                      "64300a06062b06010201050500"));
    CHECK(response.info.starts_with("V2c C=*** GetResponse .1.3.6.1.2.1.1 .1.3.6.1.2.1.2 "));
    CHECK(response.fields.contains("snmp.name=.1.3.6.1.2.1.1 snmp.value.number=42 }"));
    CHECK(response.fields.contains("snmp.name=.1.3.6.1.2.1.2 snmp.value.text=-1 }"));
    CHECK(response.fields.contains("snmp.name=.1.3.6.1.2.1.3 snmp.value.ipv4=10.0.0.1 }"));
    CHECK(response.fields.contains("snmp.name=.1.3.6.1.2.1.4 snmp.value.number=100 }"));
    const Seen trap =
        read(Protocol::snmp, from_hex("302702010004067075626c6963a41a06062b06010401094004c00002010201060201054302010030"
                                      "00"));
    CHECK(
        trap.fields.starts_with("snmp.version=0(v1) snmp.community=public snmp.pdu=4(Trap) "
                                "snmp.enterprise=.1.3.6.1.4.1.9 snmp.agent=192.0.2.1 snmp.generic_trap=6 "
                                "snmp.specific_trap=5 snmp.uptime="));
}

TEST_CASE("tftp: RFC 1350, RFC 2347") {
    const Seen request =
        read(Protocol::tftp, joined({from_hex("0001"), text(std::string_view("boot.img\0octet\0blksize\0"
                                                                             "1428\0",
                                                                             28))}));
    CHECK(request.fields ==
          "tftp.opcode=1(RRQ) tftp.file=boot.img tftp.mode=octet tftp.option.name=blksize tftp.option.value=1428 ");
    CHECK(read(Protocol::tftp, from_hex("000300016162")).fields == "tftp.opcode=3(DATA) tftp.block=1 tftp.data=6162 ");
    CHECK(read(Protocol::tftp, from_hex("0004ffff")).fields == "tftp.opcode=4(ACK) tftp.block=65535 ");
    const Seen error = read(Protocol::tftp, joined({from_hex("00050001"), text("No such file"), from_hex("00")}));
    CHECK(error.fields.starts_with("tftp.opcode=5(ERROR) tftp.error.code=1("));
    CHECK(error.fields.ends_with(") tftp.error.message=No such file "));
}

TEST_CASE("syslog: RFC 3164 section 5.4, RFC 5424 section 6.5") {
    const Seen old =
        read(Protocol::syslog, text("<34>Oct 11 22:14:15 mymachine su: 'su root' failed for lonvick on /dev/pts/8"));
    CHECK(old.info == "SYSLOG auth.critical, length: 76");
    CHECK(old.fields.starts_with("syslog.facility=4(auth) syslog.level=2(critical) syslog.msg=Oct 11 22:14:15 "));
    const Seen now =
        read(Protocol::syslog, text("<165>1 2003-08-24T05:14:15.000003-07:00 192.0.2.1 myproc 8710 - - x"));
    CHECK(now.fields.starts_with("syslog.facility=20(local4) syslog.level=5(notice) syslog.msg=1 2003-"));
    CHECK(read(Protocol::syslog, text("<192>too much")).refused);
}

TEST_CASE("sip: RFC 3261 section 24.2, and compact names") {
    const Seen invite = read(Protocol::sip, text("INVITE sip:bob@biloxi.com SIP/2.0\r\n"
                                                 "Via: SIP/2.0/UDP pc33.atlanta.com;branch=z9hG4bK776asdhds\r\n"
                                                 "Max-Forwards: 70\r\n"
                                                 "To: Bob <sip:bob@biloxi.com>\r\n"
                                                 "From: Alice <sip:alice@atlanta.com>;tag=1928301774\r\n"
                                                 "Call-ID: a84b4c76e66710@pc33.atlanta.com\r\n"
                                                 "CSeq: 314159 INVITE\r\n"
                                                 "Contact: <sip:alice@pc33.atlanta.com>\r\n"
                                                 "Content-Type: application/sdp\r\n"
                                                 "Content-Length: 142\r\n\r\nv=0\r\n"));
    CHECK(invite.info == "SIP: INVITE sip:bob@biloxi.com SIP/2.0");
    CHECK(invite.fields.contains("sip.method=INVITE sip.uri=sip:bob@biloxi.com "));
    CHECK(invite.fields.contains(" sip.call_id=a84b4c76e66710@pc33.atlanta.com "));
    CHECK(invite.fields.contains(" sip.from=Alice <sip:alice@atlanta.com>;tag=1928301774 "));
    CHECK(invite.fields.contains(" sip.cseq=314159 INVITE "));
    CHECK(invite.fields.contains(" sip.content_type=application/sdp "));
    CHECK(invite.fields.ends_with(" sip.body=v=0 "));
    const Seen ok =
        read(Protocol::sip, text("SIP/2.0 200 OK\r\nv: SIP/2.0/UDP a\r\nf: <sip:a>\r\nt: <sip:b>\r\ni: 1@a\r\n\r\n"));
    CHECK(ok.fields.contains("sip.status=200 "));
    CHECK(ok.fields.contains(" sip.via=SIP/2.0/UDP a "));
    CHECK(ok.fields.contains(" sip.call_id=1@a "));
}

TEST_CASE("rtp and rtcp: RFC 3550 sections 5.1 and 6.4") {
    CHECK(read(Protocol::rtp, from_hex("80e0123400000140deadbeef0102"))
              .fields.starts_with("rtp.version=2 rtp.padding=0 rtp.ext=0 rtp.cc=0 rtp.marker=1 rtp.p_type=96"));
    CHECK(read(Protocol::rtp, from_hex("80e0123400000140deadbeef0102"))
              .fields.ends_with("rtp.seq=4660 rtp.timestamp=320 rtp.ssrc=deadbeef rtp.payload=0102 "));
    const Seen report = read(Protocol::rtcp, from_hex("80c80006deadbeefe9dc95ee80000000000001400000000a00000640"
                                                      "81ca0002deadbeef01016100"));
    CHECK(
        report.fields.contains("rtcp.ssrc=deadbeef rtcp.ntp=e9dc95ee80000000 rtcp.timestamp=320 rtcp.packets=10 "
                               "rtcp.octets=1600 "));
}

TEST_CASE("netflow: version 5 and a template set of version 9") {
    const Seen five = read(Protocol::netflow,
                           from_hex("000500010000100065f0c000000000000000000700000000c0000201c6336401cb00710100010002"
                                    "0000000a000005dc0000010000000200c350005000180600fde9001810000000"));
    CHECK(five.info == "NetFlow v5, 1 recs, length 72");
    CHECK(
        five.fields.contains("netflow.flow.src=192.0.2.1 netflow.flow.dst=198.51.100.1 "
                             "netflow.flow.nexthop=203.0.113.1 netflow.flow.packets=10 netflow.flow.octets=1500 "
                             "netflow.flow.sport=50000 netflow.flow.dport=80 netflow.flow.tcp_flags=18 "
                             "netflow.flow.protocol=6 "));
    const Seen nine =
        read(Protocol::netflow, from_hex("000900010000100065f0c0000000000800000001000000100100000200080004000c0004"));
    CHECK(
        nine.fields.contains("netflow.sequence=8 netflow.source=1 "
                             "netflow.set{ netflow.set.id=0(templates) netflow.set.length=16 "));
}

TEST_CASE("dhcp6: a solicit, RFC 8415 sections 8 and 21") {
    const Seen found = read(Protocol::dhcp6, from_hex("01123456"
                                                      "0001000a00030001020000000001"
                                                      "0003000c0000000100000e1000001518"
                                                      "000800020064"
                                                      "0006000400170018"));
    CHECK(found.fields.starts_with("dhcp6.msgtype=1("));
    CHECK(found.fields.contains("dhcp6.xid=123456 "));
    CHECK(found.fields.contains("dhcp6.duid=00030001020000000001 "));
    CHECK(found.fields.contains("dhcp6.duid.mac=020000000001 "));
    CHECK(found.fields.contains("dhcp6.iaid=1 dhcp6.t1=3600 dhcp6.t2=5400 "));
    CHECK(found.fields.contains("dhcp6.elapsed=100 "));
    CHECK(found.fields.contains("dhcp6.requested_option=23"));
}

TEST_CASE("nbns: a registration, RFC 1002 section 4.2.2") {
    // "FRED" padded to 15 with a workstation's suffix, first-level encoded (section 4.1).
    const std::vector<std::uint8_t> name =
        joined({from_hex("20"), text("EGFCEFEECACACACACACACACACACACAAA"), from_hex("00")});
    const Seen found = read(Protocol::nbns, joined({from_hex("1234291000010000000000"
                                                             "01"),
                                                    name, from_hex("00200001c00c00200001000493e000066000c0000201")}));
    CHECK(found.fields.contains("nbns.id=1234 "));
    CHECK(found.fields.contains("nbns.opcode=5"));
    CHECK(found.fields.contains("nbns.flags.broadcast=1 "));
    CHECK(found.fields.contains("nbns.name=FRED"));
    CHECK(found.fields.contains("nbns.type=32(NB) "));
    CHECK(found.fields.contains("nbns.nb.address=192.0.2.1 "));
}
