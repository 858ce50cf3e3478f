# SPDX-License-Identifier: MIT
### one target, like ping
$ fid ping -c 2 -i 10ms 127.0.0.1 | sed -E 's/[0-9.]+ ?ms/T ms/; s/= .*/= T/'
ping 127.0.0.1: 56 data bytes
64 bytes from 127.0.0.1: icmp_seq=1 ttl=64 time=T ms
64 bytes from 127.0.0.1: icmp_seq=2 ttl=64 time=T ms

--- 127.0.0.1 ping statistics ---
2 packets transmitted, 2 received, 0% packet loss, time T ms
rtt min/avg/median/p99/max/jitter = T
= 0

### one name over IPv6
$ fid ping -6 -c 1 -s 1000 ::1 | sed -E 's/[0-9.]+ ?ms/T ms/; s/= .*/= T/'
ping ::1: 1000 data bytes
1008 bytes from ::1: icmp_seq=1 ttl=64 time=T ms

--- ::1 ping statistics ---
1 packets transmitted, 1 received, 0% packet loss, time T ms
rtt min/avg/median/p99/max/jitter = T
= 0

### quiet leaves the statistics
$ fid ping -q -c 1 127.0.0.1 | sed -E 's/[0-9.]+ ?ms/T ms/; s/= .*/= T/'
ping 127.0.0.1: 56 data bytes

--- 127.0.0.1 ping statistics ---
1 packets transmitted, 1 received, 0% packet loss, time T ms
rtt min/avg/median/p99/max/jitter = T
= 0

### no data at all
$ fid ping -c 1 -s 0 127.0.0.1 | sed -E 's/[0-9.]+ ?ms/T ms/; s/= .*/= T/' | head -n 2
ping 127.0.0.1: 0 data bytes
8 bytes from 127.0.0.1: icmp_seq=1 ttl=64 time=T ms
= 0

### several targets are asked until they answer, each address once
$ fid ping 127.0.0.0/29 ::1 127.0.0.3 | sed -E 's/[0-9.]+ ms/T ms/' | sort
127.0.0.1 is up, T ms
127.0.0.2 is up, T ms
127.0.0.3 is up, T ms
127.0.0.4 is up, T ms
127.0.0.5 is up, T ms
127.0.0.6 is up, T ms
::1 is up, T ms
= 0

### several targets with a count get an account
$ fid ping -c 3 -i 10ms 127.0.0.1 127.0.0.2 | sed -E 's/= [0-9./]+ ms/= T ms/'
127.0.0.1 : sent/received/lost = 3/3/0%, min/avg/median/p99/max/jitter = T ms
127.0.0.2 : sent/received/lost = 3/3/0%, min/avg/median/p99/max/jitter = T ms
= 0

### lists with names, prefixes, ranges and comments
$ printf 'localhost # here\n127.0.0.8/31\r\n\n127.0.0.20-127.0.0.21\n::1\n' > list
$ fid ping --alive -4 @list | sort
127.0.0.20
127.0.0.21
127.0.0.8
127.0.0.9
localhost
2> fid ping: cannot use ::1: it is of the other family than -4, -6 or --source
= 0

### a list from standard input with a bad line
$ fid ping --alive -
< 127.0.0.1
< 10.0.0.300
< no such thing
127.0.0.1
2> fid ping: stdin:2: not an IP address: 10.0.0.300: octet 300 is above 255
2> fid ping: stdin:3: not an IP address: no such thing: spaces are not part of an address
= 3

### those that are down
$ fid ping --down -W 50ms 127.0.0.1 255.255.255.255 127.0.0.2
255.255.255.255
= 1

### TCP and UDP ports that are closed
$ fid ping -c 1 --tcp 1 127.0.0.1 | sed -E 's/[0-9.]+ ?ms/T ms/; s/= .*/= T/'
$ fid ping --udp 1 127.0.0.1 ::1 | sed -E 's/[0-9.]+ ms/T ms/' | sort
ping 127.0.0.1: tcp port 1
closed port, told by 127.0.0.1:1: seq=1 time=T ms

--- 127.0.0.1 ping statistics ---
1 packets transmitted, 1 received, 0% packet loss, time T ms
rtt min/avg/median/p99/max/jitter = T
127.0.0.1 is up, udp port 1 closed, T ms
::1 is up, udp port 1 closed, T ms
= 0

### an open TCP port, by its name, is a connection
$ python3 -c 'import socket,time; s=socket.create_server(("127.0.0.9",443)); print(flush=True); time.sleep(5)' > ready & server=$!
$ while [ ! -s ready ]; do sleep 0.05; done
$ fid ping -c 1 --tcp https 127.0.0.9 | sed -E 's/[0-9.]+ ?ms/T ms/; s/= .*/= T/'
$ kill $server
ping 127.0.0.9: tcp port 443
connected to 127.0.0.9:443: seq=1 time=T ms

--- 127.0.0.9 ping statistics ---
1 packets transmitted, 1 received, 0% packet loss, time T ms
rtt min/avg/median/p99/max/jitter = T
= 0

### records
$ fid ping -c 1 --json 127.0.0.1 | sed -E 's/([a-z0-9]+_ms|duration_s)":[0-9.e-]+/\1":0/g; s/"time":"[^"]+"/"time":""/'
{"type":"reply","target":"127.0.0.1","address":"127.0.0.1","seq":1,"outcome":"reply","from":"127.0.0.1","bytes":64,"ttl":64,"rtt_ms":0,"error":null,"damaged_at":null,"time":""}
{"type":"target","target":"127.0.0.1","address":"127.0.0.1","method":"icmp","port":null,"up":true,"refused":null,"sent":1,"received":1,"lost":0,"loss_percent":0,"duplicates":0,"late":0,"damaged":0,"errors":0,"error":null,"error_from":null,"min_ms":0,"avg_ms":0,"median_ms":0,"p99_ms":0,"max_ms":0,"jitter_ms":0}
{"type":"summary","targets":1,"up":1,"down":0,"unknown":0,"sent":1,"received":1,"duration_s":0}
= 0

### a sweep as CSV has one line a target
$ fid ping --csv --fields address,up,sent,loss_percent 127.0.0.1-127.0.0.2 | sort
127.0.0.1,yes,1,0
127.0.0.2,yes,1,0
address,up,sent,loss_percent
= 0

### the way to ourselves
$ fid ping --trace --queries 2 127.0.0.1 | sed -E 's/[0-9.]+ ms/T ms/g'
$ fid ping --trace --tcp 9 --json ::1 | sed -E 's/\[[0-9.,e-]+\]/[]/; s/duration_s":[0-9.e-]+/duration_s":0/'
trace to 127.0.0.1, at most 30 hops, icmp
 1  127.0.0.1  T ms  T ms
{"type":"hop","target":"::1","address":"::1","hop":1,"from":"::1","name":null,"sent":3,"rtts_ms":[],"is_target":true,"error":null}
{"type":"trace","target":"::1","address":"::1","method":"tcp","port":9,"reached":true,"hops":1,"sent":3,"error":null,"duration_s":0}
= 0

### a name that does not exist does not keep the others
$ fid ping --alive 127.0.0.1 no-such-name.invalid 2>/dev/null
$ case $? in 6|28) echo "not found, or no name server to ask";; esac
127.0.0.1
not found, or no name server to ask
= 0

### words that are no targets
$ fid ping 10.0.0.0/33
2> fid ping: not a prefix: 10.0.0.0/33: /33 is longer than IPv4's /32
= 3

### a missing list
$ fid ping @/no/such/list
2> fid ping: cannot read /no/such/list: no such file or directory
= 26

### nothing to probe
$ fid ping -
2> fid ping: no targets: the list is empty
= 2

### too many
$ fid ping 2001:db8::/64
2> fid ping: too many targets: more than 1048576
2>   hint: probe smaller prefixes one after the other: fid ipcalc split
= 2

### methods exclude each other
$ fid ping --tcp 80 --udp 53 ::1
2> fid ping: --tcp and --udp exclude each other
2>   hint: give one of them
= 2

### families exclude each other
$ fid ping -6 --source 127.0.0.1 localhost
2> fid ping: --source is of another family than -6
= 2

### options of the trace
$ fid ping --max-hops 5 ::1
2> fid ping: --max-hops belongs to --trace
= 2

### options the trace has no use for
$ fid ping --trace -c 3 ::1
2> fid ping: --count has no meaning with --trace
2>   hint: --max-hops and --queries say how many probes there are
= 2

### a size no datagram has
$ fid ping -s 65508 ::1
2> fid ping: --size wants a whole number, not '65508'
2>   hint: allowed: 0 to 65507
= 2

### the end of the time
$ fid ping --timeout 200ms -i 10s 127.0.0.1 | sed -E 's/[0-9.]+ ?ms/T ms/; s/= .*/= T/'
ping 127.0.0.1: 56 data bytes
64 bytes from 127.0.0.1: icmp_seq=1 ttl=64 time=T ms

--- 127.0.0.1 ping statistics ---
1 packets transmitted, 1 received, 0% packet loss, time T ms
rtt min/avg/median/p99/max/jitter = T
= 0

### nobody reads on
$ fid ping -i 10ms 127.0.0.1 | head -n 1
ping 127.0.0.1: 56 data bytes
= 0

### the size of a recording needs a recording
$ fid ping -c 1 --record-size 1M 127.0.0.1
2> fid ping: --record-size belongs to --record
= 2

### and is not smaller than the head of a file
$ fid ping -c 1 --record out.pcapng --record-size 1k 127.0.0.1
2> fid ping: --record-size wants at least 64k, not 1k
= 2

### a recording that cannot be written is told before anything is sent
$ fid ping -c 1 --record /nonexistent/out.pcapng 127.0.0.1
2> fid ping: cannot write /nonexistent/out.pcapng: no such file or directory
= 23

### a recording is listed
$ fid ping --alive --record out.pcapng 127.0.0.1 && fid sniff -r out.pcapng -n -t | sed -E 's/id [0-9]+/id N/'; rm out.pcapng
127.0.0.1
IP 127.0.0.1 > 127.0.0.1: ICMP echo request, id N, seq 1, length 64
IP 127.0.0.1 > 127.0.0.1: ICMP echo reply, id N, seq 1, length 64
= 0
