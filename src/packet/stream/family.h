// SPDX-License-Identifier: MIT
// The dissectors of this family.
#pragma once

#include "packet/dissector.h"

namespace fid::packet {

extern const Dissector http_dissector, http2_dissector, rtsp_dissector;
extern const Dissector ftp_dissector, smtp_dissector, pop_dissector, imap_dissector, irc_dissector, memcached_dissector;
extern const Dissector mqtt_dissector, modbus_dissector, dnp3_dissector, bittorrent_dissector, websocket_dissector;
extern const Dissector telnet_dissector;
extern const Dissector mysql_dissector, pgsql_dissector, redis_dissector;
extern const Dissector smb_dissector, ldap_dissector, kerberos_dissector, rdp_dissector, vnc_dissector, socks_dissector;

}  // namespace fid::packet
