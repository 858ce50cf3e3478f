// SPDX-License-Identifier: MIT
#include "packet/stream/family.h"

#include <array>

namespace fid::packet {

std::span<const Dissector* const> stream_dissectors() {
    static constexpr std::array family{
        &http_dissector,  &http2_dissector,      &rtsp_dissector,      &ftp_dissector,       &smtp_dissector,
        &pop_dissector,   &imap_dissector,       &irc_dissector,       &memcached_dissector, &mysql_dissector,
        &pgsql_dissector, &redis_dissector,      &smb_dissector,       &ldap_dissector,      &kerberos_dissector,
        &rdp_dissector,   &vnc_dissector,        &socks_dissector,     &mqtt_dissector,      &modbus_dissector,
        &dnp3_dissector,  &bittorrent_dissector, &websocket_dissector, &telnet_dissector,
    };
    return family;
}

}  // namespace fid::packet
