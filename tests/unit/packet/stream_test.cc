// SPDX-License-Identifier: MIT
#include "dissected.h"

using namespace fid::packet;
using namespace fid::packet::test;
using namespace std::string_literals;

TEST_CASE("http request and response") {
    const Seen request = probe("http", "GET /a?b HTTP/1.1\r\nHost: example.com\r\nUser-Agent: x/1\r\n\r\n");
    CHECK(request.info == "HTTP: GET /a?b HTTP/1.1");
    CHECK(request["http.method"] == "GET");
    CHECK(request["http.uri"] == "/a?b");
    CHECK(request["http.host"] == "example.com");
    CHECK(request["http.user_agent"] == "x/1");
    const Seen response = probe("http", "HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\n\r\nhello");
    CHECK(response["http.status"] == "404");
    CHECK(response["http.reason"] == "Not Found");
    CHECK(response["http.content_length"] == "5");
    CHECK(response["http.body"] == "68656c6c6f");
    CHECK(probe("http", "just some words\r\n").refused);
    CHECK(probe("http", "GET /\x1b[2J HTTP/1.1\r\n").info.find('\x1b') == std::string::npos);
}

TEST_CASE("http2 frames") {
    const Seen seen = probe("http2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + raw("000000040000000000") +
                                         raw("000004080000000000") + "\0\0\0\1"s);
    CHECK(seen.info == "HTTP/2: preface SETTINGS[0] WINDOW_UPDATE[0]");
    CHECK(seen["http2.preface"] == "1");
}

TEST_CASE("command lines and their secrets") {
    CHECK(probe("ftp", "USER anonymous\r\n").info == "FTP: USER anonymous");
    const Seen pass = probe("ftp", "PASS hunter2\r\n");
    CHECK(pass.info == "FTP: PASS ***");
    CHECK(pass["ftp.argument"] == "hunter2");
    CHECK(probe("ftp", "220 ready\r\n")["ftp.code"] == "220");
    CHECK(probe("smtp", "EHLO x\r\n").info == "SMTP: EHLO x");
    CHECK(probe("smtp", "AUTH PLAIN AGEAYg==\r\n").info == "SMTP: AUTH PLAIN ***");
    CHECK(probe("pop", "+OK hello\r\n")["pop.status"] == "+OK");
    CHECK(probe("imap", "a1 LOGIN joe secret\r\n").info == "IMAP: a1 LOGIN ***");
    CHECK(probe("irc", ":srv 001 joe :Welcome\r\n")["irc.code"] == "1");
    CHECK(probe("memcached", "get key\r\n")["memcached.argument"] == "key");
    CHECK(probe("memcached", "rumour key\r\n").refused);
}

TEST_CASE("rtsp") {
    const Seen seen = probe("rtsp", "DESCRIBE rtsp://h/s RTSP/1.0\r\nCSeq: 2\r\n\r\n");
    CHECK(seen.info == "RTSP: DESCRIBE rtsp://h/s RTSP/1.0");
    CHECK(seen["rtsp.cseq"] == "2");
}

TEST_CASE("databases") {
    CHECK(probe("redis", "*2\r\n$3\r\nGET\r\n$3\r\nkey\r\n").info == "RESP \"GET\" \"key\"");
    CHECK(probe("redis", "*2\r\n$4\r\nAUTH\r\n$3\r\npwd\r\n").info == "RESP \"AUTH\" \"***\"");
    const Seen query = probe("mysql", raw("09000000") + "\3select 1", 40000, 3306);
    CHECK(query.info == "MySQL: Query select 1");
    CHECK(query["mysql.query"] == "select 1");
    const Seen startup = probe("pgsql", raw("0000001300030000") + "user\0joe\0\0"s, 40000, 5432);
    CHECK(startup.info == "PGSQL: Startup Message user joe");
    CHECK(probe("pgsql", "Q"s + raw("0000000d") + "select 1\0"s, 40000, 5432)["pgsql.query"] == "select 1");
}

TEST_CASE("office protocols") {
    const std::string smb2 =
        raw("00000040fe534d42400001000000000003000100000000000000000005000000000000000000000007000000") +
        std::string(24, '\0');
    const Seen smb = probe("smb", smb2, 40000, 445);
    CHECK(smb.info == "SMB2 Tree Connect Request");
    CHECK(smb["smb.message_id"] == "5");
    CHECK(smb["smb.tree_id"] == "7");
    const Seen bind = probe("ldap", raw("300c020101600702010304006180") + "x");
    CHECK(bind.info == "LDAP: BindRequest, id 1");
    CHECK(probe("kerberos", raw("6a0430020500")).info == "Kerberos AS-REQ");
    CHECK(probe("rdp", raw("030000130ee000000000000100080003000000")).info == "RDP: Connection Request");
    CHECK(probe("vnc", "RFB 003.008\n")["vnc.version"] == "RFB 003.008");
    const Seen socks = probe("socks", raw("050100030b") + "example.com" + raw("01bb"), 40000, 1080);
    CHECK(socks.info == "SOCKS5 Connect example.com:443");
    CHECK(socks["socks.port"] == "443");
}

TEST_CASE("small binary protocols") {
    CHECK(probe("mqtt", raw("101000044d51545404020003c0000463616665")).info.starts_with("MQTT: CONNECT"));
    CHECK(probe("mqtt", raw("30070003") + "a/bhi").info == "MQTT: PUBLISH a/b");
    const Seen modbus = probe("modbus", raw("000100000006110300000002"), 40000, 502);
    CHECK(modbus.info == "Modbus: Query 1, unit 17, Read Holding Registers");
    CHECK(probe("dnp3", raw("056405c001000a00e021")).info == "DNP3: from 10 to 1, control 0xc0");
    CHECK(probe("bittorrent",
                "\x13"
                "BitTorrent protocol" +
                    std::string(48, '\1'))["bittorrent.info_hash"]
              .size() == 40);
    CHECK(probe("websocket", raw("818537fa213d7f9f4d5158")).info == "WebSocket: Text length 5");
    CHECK(probe("telnet", raw("fffd18") + "login:", 23, 40000).info == "Telnet: DO TERMINAL TYPE login:");
}

TEST_CASE("random bytes on a protocol's port are data") {
    struct Port {
        Protocol protocol;
        std::uint16_t number;
    };
    std::uint32_t state = 7;
    const auto next = [&] {
        state = state * 1664525U + 1013904223U;
        return static_cast<std::uint8_t>(state >> 24U);
    };
    for (const Port port :
         {Port{Protocol::ftp, 21}, Port{Protocol::smtp, 25}, Port{Protocol::pop, 110}, Port{Protocol::imap, 143},
          Port{Protocol::irc, 6667}, Port{Protocol::modbus, 502}, Port{Protocol::memcached, 11211}}) {
        CAPTURE(port.number);
        std::size_t taken = 0;
        for (std::size_t size = 1; size < 400; ++size) {
            Octets bytes(size);
            for (std::uint8_t& byte : bytes) byte = next();
            if (!alone(port.protocol, bytes, {.source_port = port.number}).refused) ++taken;
        }
        CHECK(taken == 0);
    }
    // A frame's head is two bytes, of which chance gets some right: those with a second frame behind them fall then.
    std::size_t taken = 0;
    for (std::size_t size = 2; size < 1002; ++size) {
        Octets bytes(size);
        for (std::uint8_t& byte : bytes) byte = next();
        if (!alone(Protocol::websocket, bytes).refused) ++taken;
    }
    CHECK(taken < 60);
}

TEST_CASE("lines that only look like commands are data") {
    CHECK(probe("ftp", "this text\r\n").refused);
    CHECK(probe("pop", "some text\r\n").refused);
    CHECK(probe("irc", "Hello there\r\n").refused);
    CHECK(probe("irc", "123 apples\r\n").refused);
    CHECK(probe("imap", "Hello world\r\n").refused);
    CHECK(probe("smtp", "Dear Joe\r\n").refused);
    CHECK(probe("ftp", "retr x\r\n")["ftp.command"] == "retr");
    CHECK(probe("imap", "a2 uid FETCH 1:* FLAGS\r\n")["imap.command"] == "uid");
    CHECK(probe("modbus", raw("000100000006000000000000"), 40000, 502).refused);  // function 0 does not exist
    CHECK(probe("modbus", raw("000100000009110300000002"), 40000, 502).refused);  // longer than the segment
    CHECK(probe("modbus", raw("000100000003118302"), 502, 40000).info.ends_with("exception 2"));
    CHECK(probe("websocket", raw("c17e0010")).refused);  // not the shortest form of 16
    CHECK(probe("websocket", raw("0900")).refused);      // a ping in fragments
}

TEST_CASE("mqtt subscriptions name their topics") {
    const Seen seen = probe("mqtt", raw("820e00010003612f62000003632f6401"), 40000, 1883);
    CHECK(seen.info == "MQTT: SUBSCRIBE a/b");
    CHECK(seen["mqtt.topic"] == "a/b");
}

TEST_CASE("ftp's AUTH names a mechanism, smtp's may carry a password") {
    CHECK(probe("ftp", "AUTH TLS\r\n").info == "FTP: AUTH TLS");
    CHECK(probe("smtp", "AUTH PLAIN AGEAYg==\r\n").info == "SMTP: AUTH PLAIN ***");
}
