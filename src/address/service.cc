// SPDX-License-Identifier: MIT
#include "address/service.h"

#include <algorithm>
#include <array>

namespace fid {
namespace {

constexpr std::uint8_t tcp = 1, udp = 2, both = 3;

struct Service {
    std::uint16_t port;
    std::uint8_t transports;
    std::string_view name;
};

// Ascending by port; where a port has several names the first is the one that is shown.
// clang-format off
constexpr auto services = std::to_array<Service>({
    {1, tcp, "tcpmux"}, {7, both, "echo"}, {9, both, "discard"}, {11, tcp, "systat"}, {13, both, "daytime"},
    {17, tcp, "qotd"}, {19, both, "chargen"}, {20, tcp, "ftp-data"}, {21, tcp, "ftp"}, {22, tcp, "ssh"},
    {22, tcp, "sftp"}, {23, tcp, "telnet"}, {25, tcp, "smtp"}, {37, both, "time"}, {43, tcp, "whois"},
    {49, both, "tacacs"}, {53, both, "domain"}, {53, both, "dns"}, {67, udp, "bootps"}, {67, udp, "dhcp"},
    {68, udp, "bootpc"}, {69, udp, "tftp"}, {70, tcp, "gopher"}, {79, tcp, "finger"}, {80, tcp, "http"},
    {80, tcp, "www"}, {80, tcp, "ws"}, {80, udp, "http"}, {88, both, "kerberos"}, {102, tcp, "iso-tsap"},
    {104, tcp, "acr-nema"}, {110, tcp, "pop3"}, {111, both, "sunrpc"}, {111, both, "portmapper"}, {113, tcp, "auth"},
    {113, tcp, "ident"}, {119, tcp, "nntp"}, {123, udp, "ntp"}, {135, both, "epmap"}, {137, udp, "netbios-ns"},
    {138, udp, "netbios-dgm"}, {139, tcp, "netbios-ssn"}, {143, tcp, "imap"}, {143, tcp, "imap2"}, {161, both, "snmp"},
    {162, both, "snmptrap"}, {162, both, "snmp-trap"}, {163, tcp, "cmip-man"}, {177, udp, "xdmcp"}, {179, tcp, "bgp"},
    {194, both, "irc"}, {199, tcp, "smux"}, {319, udp, "ptp-event"}, {320, udp, "ptp-general"}, {389, both, "ldap"},
    {427, both, "svrloc"}, {443, tcp, "https"}, {443, tcp, "wss"}, {443, udp, "https"}, {443, udp, "quic"},
    {444, both, "snpp"}, {445, tcp, "microsoft-ds"}, {445, tcp, "smb"}, {464, both, "kpasswd"},
    {465, tcp, "submissions"}, {465, tcp, "smtps"}, {500, udp, "isakmp"}, {502, tcp, "modbus"}, {512, tcp, "exec"},
    {513, tcp, "login"}, {514, tcp, "shell"}, {514, udp, "syslog"}, {515, tcp, "printer"}, {517, udp, "talk"},
    {518, udp, "ntalk"}, {520, udp, "route"}, {520, udp, "rip"}, {521, udp, "ripng"}, {540, tcp, "uucp"},
    {543, tcp, "klogin"}, {544, tcp, "kshell"}, {546, udp, "dhcpv6-client"}, {547, udp, "dhcpv6-server"},
    {548, tcp, "afpovertcp"}, {554, both, "rtsp"}, {563, tcp, "nntps"}, {587, tcp, "submission"},
    {623, udp, "asf-rmcp"}, {631, both, "ipp"}, {636, tcp, "ldaps"}, {639, tcp, "msdp"}, {646, both, "ldp"},
    {749, both, "kerberos-adm"}, {783, tcp, "spamd"}, {784, udp, "quic-dns"}, {830, tcp, "netconf-ssh"},
    {853, both, "domain-s"}, {853, both, "dot"}, {853, udp, "doq"}, {860, tcp, "iscsi"}, {873, tcp, "rsync"},
    {989, tcp, "ftps-data"}, {990, tcp, "ftps"}, {992, tcp, "telnets"}, {993, tcp, "imaps"}, {994, tcp, "ircs"},
    {995, tcp, "pop3s"}, {1080, tcp, "socks"}, {1194, both, "openvpn"}, {1352, tcp, "lotusnote"},
    {1433, both, "ms-sql-s"}, {1434, udp, "ms-sql-m"}, {1494, tcp, "ica"}, {1521, tcp, "oracle"},
    {1645, udp, "datametrics"}, {1646, udp, "sa-msg-port"}, {1701, udp, "l2tp"}, {1720, tcp, "h323"},
    {1723, tcp, "pptp"}, {1812, udp, "radius"}, {1813, udp, "radius-acct"}, {1883, tcp, "mqtt"}, {1900, udp, "ssdp"},
    {1935, tcp, "rtmp"}, {2000, tcp, "cisco-sccp"}, {2049, both, "nfs"}, {2055, udp, "netflow"},
    {2123, udp, "gtp-control"}, {2152, udp, "gtp-user"}, {2181, tcp, "zookeeper"}, {2375, tcp, "docker"},
    {2376, tcp, "docker-s"}, {2379, tcp, "etcd-client"}, {2380, tcp, "etcd-server"}, {2404, tcp, "iec-104"},
    {2628, tcp, "dict"}, {3000, tcp, "grafana"}, {3128, tcp, "squid"}, {3260, tcp, "iscsi-target"},
    {3268, tcp, "msft-gc"}, {3306, tcp, "mysql"}, {3389, both, "ms-wbt-server"}, {3389, both, "rdp"},
    {3478, both, "stun"}, {3478, both, "turn"}, {3690, tcp, "svn"}, {3799, udp, "radius-dynauth"}, {4222, tcp, "nats"},
    {4369, tcp, "epmd"}, {4500, udp, "ipsec-nat-t"}, {4739, both, "ipfix"}, {4789, udp, "vxlan"},
    {5000, tcp, "commplex-main"}, {5004, udp, "rtp"}, {5005, udp, "rtcp"}, {5060, both, "sip"}, {5061, tcp, "sip-tls"},
    {5061, tcp, "sips"}, {5201, tcp, "iperf3"}, {5222, tcp, "xmpp-client"}, {5269, tcp, "xmpp-server"},
    {5349, both, "stuns"}, {5351, udp, "nat-pmp"}, {5353, udp, "mdns"}, {5355, both, "llmnr"},
    {5432, tcp, "postgresql"}, {5432, tcp, "postgres"}, {5555, tcp, "adb"}, {5601, tcp, "kibana"}, {5671, tcp, "amqps"},
    {5672, tcp, "amqp"}, {5683, udp, "coap"}, {5684, udp, "coaps"}, {5900, tcp, "rfb"}, {5900, tcp, "vnc"},
    {5984, tcp, "couchdb"}, {5985, tcp, "winrm"}, {6000, tcp, "x11"}, {6081, udp, "geneve"}, {6343, udp, "sflow"},
    {6379, tcp, "redis"}, {6443, tcp, "kubernetes"}, {6514, tcp, "syslog-tls"}, {6653, tcp, "openflow"},
    {6667, tcp, "ircd"}, {6697, tcp, "ircs-u"}, {6881, both, "bittorrent"}, {8080, tcp, "http-alt"},
    {8080, tcp, "http-proxy"}, {8086, tcp, "influxdb"}, {8333, tcp, "bitcoin"}, {8443, tcp, "https-alt"},
    {8472, udp, "otv"}, {8883, tcp, "mqtts"}, {9000, tcp, "fastcgi"}, {9042, tcp, "cassandra"},
    {9090, tcp, "prometheus"}, {9092, tcp, "kafka"}, {9100, tcp, "jetdirect"}, {9200, tcp, "elasticsearch"},
    {9418, tcp, "git"}, {10050, tcp, "zabbix-agent"}, {10051, tcp, "zabbix-trapper"}, {11211, both, "memcached"},
    {20000, tcp, "dnp3"}, {27017, tcp, "mongodb"}, {44818, both, "ethernet-ip"}, {47808, udp, "bacnet"},
    {50051, tcp, "grpc"}, {51820, udp, "wireguard"},
});
// clang-format on

bool same_word(std::string_view typed, std::string_view name) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    return typed.size() == name.size() &&
           std::equal(typed.begin(), typed.end(), name.begin(), [&](char a, char b) { return lower(a) == b; });
}

}  // namespace

std::optional<std::uint16_t> service_port(std::string_view name, Transport transport) {
    std::optional<std::uint16_t> other;
    for (const Service& service : services) {
        if (!same_word(name, service.name)) continue;
        if ((service.transports & static_cast<std::uint8_t>(transport)) != 0) return service.port;
        if (!other) other = service.port;
    }
    return other;
}

std::string_view service_name(std::uint16_t port, Transport transport) {
    for (const Service& service : services)
        if (service.port == port && (service.transports & static_cast<std::uint8_t>(transport)) != 0)
            return service.name;
    return {};
}

}  // namespace fid
