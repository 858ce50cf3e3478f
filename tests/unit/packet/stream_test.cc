// SPDX-License-Identifier: MIT
#include "layer_probe.h"

using namespace fid::packet;
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
    const Seen seen = probe("http2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + from_hex("000000040000000000") +
                                         from_hex("000004080000000000") + "\0\0\0\1"s);
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
    const Seen query = probe("mysql", from_hex("09000000") + "\3select 1", 40000, 3306);
    CHECK(query.info == "MySQL: Query select 1");
    CHECK(query["mysql.query"] == "select 1");
    const Seen startup = probe("pgsql", from_hex("0000001300030000") + "user\0joe\0\0"s, 40000, 5432);
    CHECK(startup.info == "PGSQL: Startup Message user joe");
    CHECK(probe("pgsql", "Q"s + from_hex("0000000d") + "select 1\0"s, 40000, 5432)["pgsql.query"] == "select 1");
}

TEST_CASE("office protocols") {
    const std::string smb2 =
        from_hex("00000040fe534d42400001000000000003000100000000000000000005000000000000000000000007000000") +
        std::string(24, '\0');
    const Seen smb = probe("smb", smb2, 40000, 445);
    CHECK(smb.info == "SMB2 Tree Connect Request");
    CHECK(smb["smb.message_id"] == "5");
    CHECK(smb["smb.tree_id"] == "7");
    const Seen bind = probe("ldap", from_hex("300c020101600702010304006180") + "x");
    CHECK(bind.info == "LDAP: BindRequest, id 1");
    CHECK(probe("kerberos", from_hex("6a0430020500")).info == "Kerberos AS-REQ");
    CHECK(probe("rdp", from_hex("030000130ee000000000000100080003000000")).info == "RDP: Connection Request");
    CHECK(probe("vnc", "RFB 003.008\n")["vnc.version"] == "RFB 003.008");
    const Seen socks = probe("socks", from_hex("050100030b") + "example.com" + from_hex("01bb"), 40000, 1080);
    CHECK(socks.info == "SOCKS5 Connect example.com:443");
    CHECK(socks["socks.port"] == "443");
}

TEST_CASE("small binary protocols") {
    CHECK(probe("mqtt", from_hex("101000044d51545404020003c0000463616665")).info.starts_with("MQTT: CONNECT"));
    CHECK(probe("mqtt", from_hex("30070003") + "a/bhi").info == "MQTT: PUBLISH a/b");
    const Seen modbus = probe("modbus", from_hex("000100000006110300000002"), 40000, 502);
    CHECK(modbus.info == "Modbus: Query 1, unit 17, Read Holding Registers");
    CHECK(probe("dnp3", from_hex("056405c001000a00e021")).info == "DNP3: from 10 to 1, control 0xc0");
    CHECK(probe("bittorrent",
                "\x13"
                "BitTorrent protocol" +
                    std::string(48, '\1'))["bittorrent.info_hash"]
              .size() == 40);
    CHECK(probe("websocket", from_hex("818537fa213d7f9f4d5158")).info == "WebSocket: Text length 5");
    CHECK(probe("telnet", from_hex("fffd18") + "login:", 23, 40000).info == "Telnet: DO TERMINAL TYPE login:");
}
