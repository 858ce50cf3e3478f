# fid sniff on a capture that is part of the project. Run with tests/cli/run.py.

### the listing has tcpdump's words
$ fid sniff -r $SRC/tests/captures/first-look.pcapng
08:53:20.000350 IP 0.0.0.0.68 > 255.255.255.255.67: BOOTP/DHCP, Request from 02:00:00:00:00:10, length 300
08:53:20.004450 IP 192.0.2.1.67 > 255.255.255.255.68: BOOTP/DHCP, Reply, length 300
08:53:20.004800 ARP, Request who-has 192.0.2.1 tell 192.0.2.10, length 46
08:53:20.005150 ARP, Reply 192.0.2.1 is-at 02:00:00:00:00:01, length 46
08:53:20.005500 IP6 2001:db8::10 > ff02::1:ff00:1: ICMP6, neighbor solicitation, who has 2001:db8::1, length 32
08:53:20.005850 IP6 2001:db8::1 > 2001:db8::10: ICMP6, neighbor advertisement, tgt is 2001:db8::1, length 32
08:53:20.006200 IP 192.0.2.10.40001 > 192.0.2.1.53: 6657+ A? www.example.com. (33)
08:53:20.014400 IP 192.0.2.1.53 > 192.0.2.10.40001: 6657 1/0/0 A 198.51.100.80 (49)
08:53:20.014750 IP6 2001:db8::10.40002 > 2001:db8::1.53: 6658+ AAAA? www.example.com. (33)
08:53:20.022650 IP6 2001:db8::1.53 > 2001:db8::10.40002: 6658 1/0/0 AAAA 2001:db8:80::80 (61)
08:53:20.023000 IP 192.0.2.10.5353 > 224.0.0.251.5353: 0 PTR (QM)? _ipp._tcp.local. (33)
08:53:20.023300 IP 192.0.2.10.50100 > 198.51.100.80.80: Flags [S], seq 268485556, win 64240, options [mss 1460,nop,wscale 7,sackOK,eol], length 0
08:53:20.035100 IP 198.51.100.80.80 > 192.0.2.10.50100: Flags [S.], seq 1879048272, ack 268485557, win 64240, options [mss 1460,nop,wscale 7,sackOK,eol], length 0
08:53:20.035400 IP 192.0.2.10.50100 > 198.51.100.80.80: Flags [.], ack 1, win 64240, length 0
08:53:20.035700 IP 192.0.2.10.50100 > 198.51.100.80.80: Flags [P.], seq 1:85, ack 1, win 64240, length 84: HTTP: GET /rope HTTP/1.1
08:53:20.047600 IP 198.51.100.80.80 > 192.0.2.10.50100: Flags [.], ack 85, win 64240, length 0
08:53:20.050000 IP 198.51.100.80.80 > 192.0.2.10.50100: Flags [P.], seq 1:163, ack 85, win 64240, length 162: HTTP: HTTP/1.1 200 OK
08:53:20.050300 IP 192.0.2.10.50100 > 198.51.100.80.80: Flags [.], ack 163, win 64240, length 0
08:53:20.050600 IP 192.0.2.10.50100 > 198.51.100.80.80: Flags [F.], seq 85, ack 163, win 64240, length 0
08:53:20.062500 IP 198.51.100.80.80 > 192.0.2.10.50100: Flags [F.], seq 163, ack 86, win 64240, length 0
08:53:20.062800 IP 192.0.2.10.50100 > 198.51.100.80.80: Flags [.], ack 164, win 64240, length 0
08:53:20.063100 IP 192.0.2.10.50101 > 198.51.100.80.443: Flags [S], seq 268485557, win 64240, options [mss 1460,nop,wscale 7,sackOK,eol], length 0
08:53:20.074900 IP 198.51.100.80.443 > 192.0.2.10.50101: Flags [S.], seq 1879048635, ack 268485558, win 64240, options [mss 1460,nop,wscale 7,sackOK,eol], length 0
08:53:20.075200 IP 192.0.2.10.50101 > 198.51.100.80.443: Flags [.], ack 1, win 64240, length 0
08:53:20.075500 IP 192.0.2.10.50101 > 198.51.100.80.443: Flags [P.], seq 1:204, ack 1, win 64240, length 203: TLSv1.3 ClientHello, SNI www.example.com, ALPN h2,http/1.1
08:53:20.087500 IP 198.51.100.80.443 > 192.0.2.10.50101: Flags [R.], seq 1, ack 204, win 64240, length 0
08:53:20.087850 IP 192.0.2.10 > 198.51.100.80: ICMP echo request, id 3869, seq 1, length 56
08:53:20.100150 IP 198.51.100.80 > 192.0.2.10: ICMP echo reply, id 3869, seq 1, length 56
08:53:20.100500 IP 192.0.2.10.123 > 203.0.113.123.123: NTPv4, Client, length 48
08:53:20.115500 IP 203.0.113.123.123 > 192.0.2.10.123: NTPv4, Server, length 48
08:53:20.115850 IP 192.0.2.10.40003 > 192.0.2.1.514: SYSLOG user.notice, length: 43
08:53:20.116200 IP 192.0.2.10.40004 > 192.0.2.1.53: 6659+ MX? mail.example.com. (34)
08:53:20.116500000 IP 10.8.0.2.50200 > 10.8.0.1.22: Flags [S], seq 268485656, win 64240, options [mss 1460,nop,wscale 7,sackOK,eol], length 0
08:53:20.128300000 IP 10.8.0.1.22 > 10.8.0.2.50200: Flags [S.], seq 1879048214, ack 268485657, win 64240, options [mss 1460,nop,wscale 7,sackOK,eol], length 0
08:53:20.128600000 IP 10.8.0.2.50200 > 10.8.0.1.22: Flags [.], ack 1, win 64240, length 0
08:53:20.137600000 IP 10.8.0.1.22 > 10.8.0.2.50200: Flags [P.], seq 1:41, ack 1, win 64240, length 40: SSH: SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3
08:53:20.137900000 IP 10.8.0.2.50200 > 10.8.0.1.22: Flags [.], ack 41, win 64240, length 0
08:53:20.138200000 IP 10.8.0.2.50200 > 10.8.0.1.22: Flags [F.], seq 1, ack 41, win 64240, length 0
08:53:20.150100000 IP 10.8.0.1.22 > 10.8.0.2.50200: Flags [F.], seq 41, ack 2, win 64240, length 0
08:53:20.150400000 IP 10.8.0.2.50200 > 10.8.0.1.22: Flags [.], ack 42, win 64240, length 0
= 0

### the option -n is accepted and changes nothing
$ fid sniff -r $SRC/tests/captures/first-look.pcapng > a; fid sniff -n -r $SRC/tests/captures/first-look.pcapng | cmp - a
= 0

### a capture may be named without -r
$ fid sniff $SRC/tests/captures/first-look.pcapng -c 1
08:53:20.000350 IP 0.0.0.0.68 > 255.255.255.255.67: BOOTP/DHCP, Request from 02:00:00:00:00:10, length 300
= 0

### the link layer's header: Ethernet, and a tunnel that has none
$ fid sniff -r $SRC/tests/captures/first-look.pcapng -e --skip 2 -c 3
$ fid sniff -r $SRC/tests/captures/first-look.pcapng -e --skip 39
08:53:20.004800 02:00:00:00:00:10 > ff:ff:ff:ff:ff:ff, ethertype ARP (0x0806), length 60: Request who-has 192.0.2.1 tell 192.0.2.10, length 46
08:53:20.005150 02:00:00:00:00:01 > 02:00:00:00:00:10, ethertype ARP (0x0806), length 60: Reply 192.0.2.1 is-at 02:00:00:00:00:01, length 46
08:53:20.005500 02:00:00:00:00:10 > 33:33:ff:00:00:01, ethertype IPv6 (0x86dd), length 86: 2001:db8::10 > ff02::1:ff00:1: ICMP6, neighbor solicitation, who has 2001:db8::1, length 32
08:53:20.150400000 IP 10.8.0.2.50200 > 10.8.0.1.22: Flags [.], ack 42, win 64240, length 0
= 0

### times: none, seconds since 1970, differences, dates, since the first
$ for t in -t -tt -ttt -tttt -ttttt; do echo "$t"; fid sniff -r $SRC/tests/captures/first-look.pcapng $t --skip 2 -c 2; done
-t
ARP, Request who-has 192.0.2.1 tell 192.0.2.10, length 46
ARP, Reply 192.0.2.1 is-at 02:00:00:00:00:01, length 46
-tt
1760000000.004800 ARP, Request who-has 192.0.2.1 tell 192.0.2.10, length 46
1760000000.005150 ARP, Reply 192.0.2.1 is-at 02:00:00:00:00:01, length 46
-ttt
 00:00:00.000000 ARP, Request who-has 192.0.2.1 tell 192.0.2.10, length 46
 00:00:00.000350 ARP, Reply 192.0.2.1 is-at 02:00:00:00:00:01, length 46
-tttt
2025-10-09 08:53:20.004800 ARP, Request who-has 192.0.2.1 tell 192.0.2.10, length 46
2025-10-09 08:53:20.005150 ARP, Reply 192.0.2.1 is-at 02:00:00:00:00:01, length 46
-ttttt
 00:00:00.000000 ARP, Request who-has 192.0.2.1 tell 192.0.2.10, length 46
 00:00:00.000350 ARP, Reply 192.0.2.1 is-at 02:00:00:00:00:01, length 46
= 0

### sequence numbers are relative unless -S
$ fid sniff -r $SRC/tests/captures/first-look.pcapng -t -S --skip 11 -c 3
IP 192.0.2.10.50100 > 198.51.100.80.80: Flags [S], seq 268485556, win 64240, options [mss 1460,nop,wscale 7,sackOK,eol], length 0
IP 198.51.100.80.80 > 192.0.2.10.50100: Flags [S.], seq 1879048272, ack 268485557, win 64240, options [mss 1460,nop,wscale 7,sackOK,eol], length 0
IP 192.0.2.10.50100 > 198.51.100.80.80: Flags [.], ack 1879048273, win 64240, length 0
= 0

### bytes in hexadecimal
$ fid sniff -r $SRC/tests/captures/first-look.pcapng -x --skip 6 -c 1
08:53:20.006200 IP 192.0.2.10.40001 > 192.0.2.1.53: 6657+ A? www.example.com. (33)
	0x0000:  4500 003d 1003 4000 4011 a6a1 c000 020a
	0x0010:  c000 0201 9c41 0035 0029 7abc 1a01 0100
	0x0020:  0001 0000 0000 0000 0377 7777 0765 7861
	0x0030:  6d70 6c65 0363 6f6d 0000 0100 01
= 0

### bytes in hexadecimal with the link layer
$ fid sniff -r $SRC/tests/captures/first-look.pcapng -xx --skip 2 -c 1
08:53:20.004800 ARP, Request who-has 192.0.2.1 tell 192.0.2.10, length 46
	0x0000:  ffff ffff ffff 0200 0000 0010 0806 0001
	0x0010:  0800 0604 0001 0200 0000 0010 c000 020a
	0x0020:  0000 0000 0000 c000 0201 0000 0000 0000
	0x0030:  0000 0000 0000 0000 0000 0000
= 0

### bytes in hexadecimal and text
$ fid sniff -r $SRC/tests/captures/first-look.pcapng -X --skip 14 -c 1
08:53:20.035700 IP 192.0.2.10.50100 > 198.51.100.80.80: Flags [P.], seq 1:85, ack 1, win 64240, length 84: HTTP: GET /rope HTTP/1.1
	0x0000:  4500 007c 1009 4000 4006 3de5 c000 020a  E..|..@.@.=.....
	0x0010:  c633 6450 c3b4 0050 1000 c3b5 7000 0051  .3dP...P....p..Q
	0x0020:  5018 faf0 d5b7 0000 4745 5420 2f72 6f70  P.......GET./rop
	0x0030:  6520 4854 5450 2f31 2e31 0d0a 486f 7374  e.HTTP/1.1..Host
	0x0040:  3a20 7777 772e 6578 616d 706c 652e 636f  :.www.example.co
	0x0050:  6d0d 0a55 7365 722d 4167 656e 743a 2066  m..User-Agent:.f
	0x0060:  6972 7374 2d6c 6f6f 6b2f 310d 0a41 6363  irst-look/1..Acc
	0x0070:  6570 743a 202a 2f2a 0d0a 0d0a            ept:.*/*....
= 0

### bytes in hexadecimal and text with the link layer
$ fid sniff -r $SRC/tests/captures/first-look.pcapng -XX --skip 30 -c 1
08:53:20.115850 IP 192.0.2.10.40003 > 192.0.2.1.514: SYSLOG user.notice, length: 43
	0x0000:  0200 0000 0001 0200 0000 0010 0800 4500  ..............E.
	0x0010:  0047 1019 4000 4011 a681 c000 020a c000  .G..@.@.........
	0x0020:  0201 9c43 0202 0033 49dd 3c31 333e 4f63  ...C...3I.<13>Oc
	0x0030:  7420 2039 2030 383a 3533 3a32 3020 7361  t..9.08:53:20.sa
	0x0040:  696c 6f72 2066 6964 3a20 7370 6c69 6365  ilor.fid:.splice
	0x0050:  2064 6f6e 65                             .done
= 0

### bytes as text keep their lines
$ fid sniff -r $SRC/tests/captures/first-look.pcapng -A --skip 14 -c 1
08:53:20.035700 IP 192.0.2.10.50100 > 198.51.100.80.80: Flags [P.], seq 1:85, ack 1, win 64240, length 84: HTTP: GET /rope HTTP/1.1
E..|.	@.@.=....
.3dP...P....p..QP.......GET /rope HTTP/1.1
Host: www.example.com
User-Agent: first-look/1
Accept: */*


= 0

### bytes as text with the link layer
$ fid sniff -r $SRC/tests/captures/first-look.pcapng -AA --skip 30 -c 1
08:53:20.115850 IP 192.0.2.10.40003 > 192.0.2.1.514: SYSLOG user.notice, length: 43
..............E..G..@.@......
.....C...3I.<13>Oct  9 08:53:20 sailor fid: splice done
= 0

### a count of none and one beyond the end
$ fid sniff -r $SRC/tests/captures/first-look.pcapng -c 0; echo "status $?"
$ fid sniff -r $SRC/tests/captures/first-look.pcapng -c 1000 | wc -l
$ fid sniff -r $SRC/tests/captures/first-look.pcapng --skip 1000; echo "status $?"
status 2
40
status 0
2> fid sniff: --count wants a whole number, not '0'
2>   hint: allowed: at least 1
= 0

### count and skip take numbers only
$ fid sniff -r $SRC/tests/captures/first-look.pcapng -c many
2> fid sniff: --count wants a whole number, not 'many'
2>   hint: decimal digits only
= 2

### every field of a DNS answer
$ fid sniff -r $SRC/tests/captures/first-look.pcapng --tree --skip 7 -c 1
08:53:20.014400 IP 192.0.2.1.53 > 192.0.2.10.40001: 6657 1/0/0 A 198.51.100.80 (49)
Ethernet
    Destination: 02:00:00:00:00:10
    Source: 02:00:00:00:00:01
    Type: 0x800 (IPv4)
Internet Protocol Version 4
    Version: 4
    Header length: 20
    Differentiated services code point: 0
    Explicit congestion notification: 0 (not ECN-capable)
    Total length: 77
    Identification: 0x1004
    Don't fragment: 1
    More fragments: 0
    Fragment offset: 0
    Time to live: 64
    Protocol: 17 (UDP)
    Header checksum: 0xa690 (correct)
    Source address: 192.0.2.1
    Destination address: 192.0.2.10
User Datagram Protocol
    Source port: 53
    Destination port: 40001
    Length: 57
    Checksum: 0x372f (correct)
Domain Name System
    Transaction ID: 0x1a01
    Flags: 0x8180
    Response: 1
    Opcode: 0 (query)
    Authoritative answer: 0
    Truncated: 0
    Recursion desired: 1
    Recursion available: 1
    Authenticated data: 0
    Checking disabled: 0
    Response code: 0 (NoError)
    Questions: 1
    Answers: 1
    Authority records: 0
    Additional records: 0
    Question: A www.example.com.
        Name: www.example.com.
        Type: 1 (A)
        Class: 1 (IN)
    Answer: A www.example.com.
        Name: www.example.com.
        Type: 1 (A)
        Class: 1 (IN)
        Time to live: 300
        Data length: 4
        Address: 198.51.100.80

= 0

### packets as JSON
$ fid sniff -r $SRC/tests/captures/first-look.pcapng --json --skip 4 -c 4
{"type":"packet","number":5,"time":"2025-10-09T08:53:20.005500Z","epoch":1760000000.005500,"interface":"eth0","captured_bytes":86,"length_bytes":86,"protocol":"icmp6","protocols":["ethernet","ip6","icmp6"],"source":"2001:db8::10","destination":"ff02::1:ff00:1","source_port":null,"destination_port":null,"info":"ICMP6, neighbor solicitation, who has 2001:db8::1, length 32"}
{"type":"packet","number":6,"time":"2025-10-09T08:53:20.005850Z","epoch":1760000000.005850,"interface":"eth0","captured_bytes":86,"length_bytes":86,"protocol":"icmp6","protocols":["ethernet","ip6","icmp6"],"source":"2001:db8::1","destination":"2001:db8::10","source_port":null,"destination_port":null,"info":"ICMP6, neighbor advertisement, tgt is 2001:db8::1, length 32"}
{"type":"packet","number":7,"time":"2025-10-09T08:53:20.006200Z","epoch":1760000000.006200,"interface":"eth0","captured_bytes":75,"length_bytes":75,"protocol":"dns","protocols":["ethernet","ip","udp","dns"],"source":"192.0.2.10","destination":"192.0.2.1","source_port":40001,"destination_port":53,"info":"6657+ A? www.example.com. (33)"}
{"type":"packet","number":8,"time":"2025-10-09T08:53:20.014400Z","epoch":1760000000.014400,"interface":"eth0","captured_bytes":91,"length_bytes":91,"protocol":"dns","protocols":["ethernet","ip","udp","dns"],"source":"192.0.2.1","destination":"192.0.2.10","source_port":53,"destination_port":40001,"info":"6657 1/0/0 A 198.51.100.80 (49)"}
= 0

### chosen fields as JSON, null where a packet has none
$ fid sniff -r $SRC/tests/captures/first-look.pcapng --json --fields number,dns.qry.name,mdns.name,tcp.flags.syn,ip.src -c 12 | tail -n 2
{"type":"packet","number":11,"dns.qry.name":"_ipp._tcp.local.","mdns.name":"_ipp._tcp.local.","tcp.flags.syn":null,"ip.src":"192.0.2.10"}
{"type":"packet","number":12,"dns.qry.name":null,"mdns.name":null,"tcp.flags.syn":1,"ip.src":"192.0.2.10"}
= 0

### chosen fields as CSV
$ fid sniff -r $SRC/tests/captures/first-look.pcapng --csv --fields number,source,ip.dst,tcp.dport,info --skip 8 -c 4
number,source,ip.dst,tcp.dport,info
9,2001:db8::10,,,6658+ AAAA? www.example.com. (33)
10,2001:db8::1,,,6658 1/0/0 AAAA 2001:db8:80::80 (61)
11,192.0.2.10,224.0.0.251,,0 PTR (QM)? _ipp._tcp.local. (33)
12,192.0.2.10,198.51.100.80,80,"Flags [S], seq 268485556, win 64240, options [mss 1460,nop,wscale 7,sackOK,eol], length 0"
= 0

### every packet column as CSV
$ fid sniff -r $SRC/tests/captures/first-look.pcapng --csv -c 2
number,time,epoch,interface,captured_bytes,length_bytes,protocol,protocols,source,destination,source_port,destination_port,info
1,2025-10-09T08:53:20.000350Z,1760000000.000350,eth0,342,342,dhcp,ethernet ip udp dhcp,0.0.0.0,255.255.255.255,68,67,"BOOTP/DHCP, Request from 02:00:00:00:00:10, length 300"
2,2025-10-09T08:53:20.004450Z,1760000000.004450,eth0,342,342,dhcp,ethernet ip udp dhcp,192.0.2.1,255.255.255.255,67,68,"BOOTP/DHCP, Reply, length 300"
= 0

### an unknown field is refused and the nearest suggested
$ fid sniff -r $SRC/tests/captures/first-look.pcapng --csv --fields number,ip.scr
2> fid sniff: no field 'ip.scr'
2>   hint: did you mean 'ip.src'?
= 2

### filters in pcap's words
$ fid sniff -r $SRC/tests/captures/first-look.pcapng -t arp or icmp
$ fid sniff -r $SRC/tests/captures/first-look.pcapng -t 'host 203.0.113.123 and udp dst port 123'
$ fid sniff -r $SRC/tests/captures/first-look.pcapng -t net 10.8.0.0/16 and not tcp port 22 || echo "status $?"
$ fid sniff -r $SRC/tests/captures/first-look.pcapng -t src net 2001:db8::/32 and greater 90
ARP, Request who-has 192.0.2.1 tell 192.0.2.10, length 46
ARP, Reply 192.0.2.1 is-at 02:00:00:00:00:01, length 46
IP 192.0.2.10 > 198.51.100.80: ICMP echo request, id 3869, seq 1, length 56
IP 198.51.100.80 > 192.0.2.10: ICMP echo reply, id 3869, seq 1, length 56
IP 192.0.2.10.123 > 203.0.113.123.123: NTPv4, Client, length 48
IP 203.0.113.123.123 > 192.0.2.10.123: NTPv4, Server, length 48
status 1
IP6 2001:db8::10.40002 > 2001:db8::1.53: 6658+ AAAA? www.example.com. (33)
IP6 2001:db8::1.53 > 2001:db8::10.40002: 6658 1/0/0 AAAA 2001:db8:80::80 (61)
= 0

### filters that compare fields
$ fid sniff -r $SRC/tests/captures/first-look.pcapng -t 'tcp.flags.syn == 1 and tcp.flags.ack == 0'
$ fid sniff -r $SRC/tests/captures/first-look.pcapng -t 'ip.ttl < 64' | wc -l
$ fid sniff -r $SRC/tests/captures/first-look.pcapng -t 'tcp.dport in {22 443} && tcp.flags.syn == 1'
$ fid sniff -r $SRC/tests/captures/first-look.pcapng -t 'tcp.dport in {20..25} && tcp.flags.fin == 1'
$ fid sniff -r $SRC/tests/captures/first-look.pcapng -t 'ip.src in {203.0.113.0/24}'
$ fid sniff -r $SRC/tests/captures/first-look.pcapng -t 'dns.qry.name matches "^(mail|ftp)"'
$ fid sniff -r $SRC/tests/captures/first-look.pcapng -t 'mdns.name contains "ipp"'
IP 192.0.2.10.50100 > 198.51.100.80.80: Flags [S], seq 268485556, win 64240, options [mss 1460,nop,wscale 7,sackOK,eol], length 0
IP 192.0.2.10.50101 > 198.51.100.80.443: Flags [S], seq 268485557, win 64240, options [mss 1460,nop,wscale 7,sackOK,eol], length 0
IP 10.8.0.2.50200 > 10.8.0.1.22: Flags [S], seq 268485656, win 64240, options [mss 1460,nop,wscale 7,sackOK,eol], length 0
0
IP 192.0.2.10.50101 > 198.51.100.80.443: Flags [S], seq 268485557, win 64240, options [mss 1460,nop,wscale 7,sackOK,eol], length 0
IP 10.8.0.2.50200 > 10.8.0.1.22: Flags [S], seq 268485656, win 64240, options [mss 1460,nop,wscale 7,sackOK,eol], length 0
IP 10.8.0.2.50200 > 10.8.0.1.22: Flags [F.], seq 1, ack 41, win 64240, length 0
IP 203.0.113.123.123 > 192.0.2.10.123: NTPv4, Server, length 48
IP 192.0.2.10.40004 > 192.0.2.1.53: 6659+ MX? mail.example.com. (34)
IP 192.0.2.10.5353 > 224.0.0.251.5353: 0 PTR (QM)? _ipp._tcp.local. (33)
= 0

### a protocol's name alone is a filter
$ fid sniff -r $SRC/tests/captures/first-look.pcapng -t ntp
IP 192.0.2.10.123 > 203.0.113.123.123: NTPv4, Client, length 48
IP 203.0.113.123.123 > 192.0.2.10.123: NTPv4, Server, length 48
= 0

### nothing matches: status 1 and silence
$ fid sniff -r $SRC/tests/captures/first-look.pcapng udp port 9999
= 1

### a bad filter is shown with a caret
$ fid sniff -r $SRC/tests/captures/first-look.pcapng host 192.0.2.10 and port
2> fid sniff: bad filter at column 25: a value is missing here
2>     host 192.0.2.10 and port
2>                             ^
= 2

### an unknown field in a filter
$ fid sniff -r $SRC/tests/captures/first-look.pcapng 'ip.scr == 192.0.2.1'
2> fid sniff: bad filter at column 1: no field is called 'ip.scr'
2>     ip.scr == 192.0.2.1
2>     ^
2>   hint: did you mean 'ip.src'?
= 2

### an unclosed bracket in a filter
$ fid sniff -r $SRC/tests/captures/first-look.pcapng '(tcp or udp'
2> fid sniff: bad filter at column 1: this parenthesis is never closed
2>     (tcp or udp
2>     ^
= 2

### a bad address in a filter
$ fid sniff -r $SRC/tests/captures/first-look.pcapng 'ip.src == 192.0.2.300'
2> fid sniff: bad filter at column 11: '192.0.2.300' is not an address, prefix or range
2>     ip.src == 192.0.2.300
2>               ^
= 2

### a bad regular expression in a filter
$ fid sniff -r $SRC/tests/captures/first-look.pcapng 'dns.qry.name matches "("'
2> fid sniff: bad filter at column 22: bad regular expression: missing ): (
2>     dns.qry.name matches "("
2>                          ^
= 2

### a bad filter as JSON
$ fid sniff --json -r $SRC/tests/captures/first-look.pcapng tcp port
2> {"type":"error","command":"fid sniff","status":2,"name":"usage","message":"bad filter at column 9: a value is missing here\n    tcp port\n            ^","hint":null}
= 2

### the kernel's filter language, for both link types of the capture
$ fid sniff -r $SRC/tests/captures/first-look.pcapng -t --bpf 'tcp[13] & 2 != 0'
IP 192.0.2.10.50100 > 198.51.100.80.80: Flags [S], seq 268485556, win 64240, options [mss 1460,nop,wscale 7,sackOK,eol], length 0
IP 198.51.100.80.80 > 192.0.2.10.50100: Flags [S.], seq 1879048272, ack 268485557, win 64240, options [mss 1460,nop,wscale 7,sackOK,eol], length 0
IP 192.0.2.10.50101 > 198.51.100.80.443: Flags [S], seq 268485557, win 64240, options [mss 1460,nop,wscale 7,sackOK,eol], length 0
IP 198.51.100.80.443 > 192.0.2.10.50101: Flags [S.], seq 1879048635, ack 268485558, win 64240, options [mss 1460,nop,wscale 7,sackOK,eol], length 0
IP 10.8.0.2.50200 > 10.8.0.1.22: Flags [S], seq 268485656, win 64240, options [mss 1460,nop,wscale 7,sackOK,eol], length 0
IP 10.8.0.1.22 > 10.8.0.2.50200: Flags [S.], seq 1879048214, ack 268485657, win 64240, options [mss 1460,nop,wscale 7,sackOK,eol], length 0
= 0

### both filter languages together
$ fid sniff -r $SRC/tests/captures/first-look.pcapng -t --bpf 'ip6' 'dns.flags.response == 1'
IP6 2001:db8::1.53 > 2001:db8::10.40002: 6658 1/0/0 AAAA 2001:db8:80::80 (61)
= 0

### a bad filter for the kernel
$ fid sniff -r $SRC/tests/captures/first-look.pcapng --bpf 'port port'
2> fid sniff: libpcap refuses the filter 'port port': can't parse filter expression: syntax error
2>   hint: fid's own filter language needs no --bpf and knows no link types
= 2

### standard input
$ fid sniff -r - -t -c 1 < $SRC/tests/captures/first-look.pcapng
$ cat $SRC/tests/captures/first-look.pcapng | fid sniff -r - | wc -l
IP 0.0.0.0.68 > 255.255.255.255.67: BOOTP/DHCP, Request from 02:00:00:00:00:10, length 300
40
= 0

### compressed input needs no option
$ python3 -c 'import gzip, sys; sys.stdout.buffer.write(gzip.compress(sys.stdin.buffer.read()))' < $SRC/tests/captures/first-look.pcapng > c.gz
$ fid sniff -r c.gz | wc -l; fid sniff -r - < c.gz | wc -l
40
40
= 0

### several captures one after the other
$ fid sniff -r $SRC/tests/captures/first-look.pcapng -r $SRC/tests/captures/first-look.pcapng | wc -l
$ fid sniff -r $SRC/tests/captures/first-look.pcapng -r $SRC/tests/captures/first-look.pcapng --json --fields number | tail -n 1
80
{"type":"packet","number":80}
= 0

### a capture that ends early is listed as far as it goes
$ head -c 1500 $SRC/tests/captures/first-look.pcapng > cut.pcapng
$ fid sniff -t -r cut.pcapng
IP 0.0.0.0.68 > 255.255.255.255.67: BOOTP/DHCP, Request from 02:00:00:00:00:10, length 300
IP 192.0.2.1.67 > 255.255.255.255.68: BOOTP/DHCP, Reply, length 300
ARP, Request who-has 192.0.2.1 tell 192.0.2.10, length 46
ARP, Reply 192.0.2.1 is-at 02:00:00:00:00:01, length 46
IP6 2001:db8::10 > ff02::1:ff00:1: ICMP6, neighbor solicitation, who has 2001:db8::1, length 32
2> fid sniff: warning: cut.pcapng: the file ends inside a block at offset 1404, 96 bytes lost
= 18

### a file that is no capture
$ echo 'dear diary' > diary; fid sniff -r diary
2> fid sniff: not a capture: diary: it begins like neither pcap nor pcapng
= 3

### an empty file
$ : > empty; fid sniff -r empty
2> fid sniff: not a capture: empty: it is empty
= 3

### a file that is missing
$ fid sniff -r nowhere.pcap
2> fid sniff: cannot read nowhere.pcap: no such file or directory
= 26

### a folder
$ mkdir folder; fid sniff -r folder
2> fid sniff: cannot read folder: is a directory
= 26

### nothing to read from
$ fid sniff
2> fid sniff: no capture file given
2>   hint: fid sniff -r FILE, with - for standard input
= 2
