# fid sockets on files of /proc/net that a kernel wrote about a made-up host, so that they are the same everywhere. Run
# with tests/cli/run.py. What the kernel of this machine tells is compared with ss in sockets_peers.py.

### every socket of the usual kinds
$ fid sockets --from $SRC/tests/sockets/proc_net
tcp	listen	0	-	0.0.0.0:22	-	root
tcp	listen	0	-	127.0.0.1:5432	-	www-data
tcp	listen	1	-	192.0.2.10:8080	-	www-data
tcp	listen	0	-	10.0.0.5:9000	-	root
tcp	listen	0	-	[::]:22	-	root
tcp	listen	0	-	[::]:80	-	root
tcp	listen	0	-	[::1]:631	-	root
tcp	established	0	0	192.0.2.10:8080	192.0.2.10:50106	-
tcp	established	0	0	192.0.2.10:50100	198.51.100.80:443	root
tcp	established	0	0	10.0.0.5:50101	203.0.113.9:80	root
tcp	established	0	0	192.0.2.10:50102	198.51.100.80:443	root
tcp	fin-wait-2	0	0	192.0.2.10:50104	203.0.113.9:80	-
tcp	syn-sent	0	1	192.0.2.10:50105	192.0.2.77:25	root
tcp	established	0	0	192.0.2.10:50106	192.0.2.10:8080	root
tcp	established	0	0	[2001:db8::10]:50103	[2001:db8::1]:443	root
tcp	established	0	0	[::ffff:192.0.2.10]:57852	[::ffff:198.51.100.80]:443	root
udp	unconnected	0	0	127.0.0.53:53	-	root
udp	unconnected	0	0	0.0.0.0:68	-	root
udp	unconnected	0	0	192.0.2.10:123	-	root
udp	unconnected	0	0	[fe80::10]:546	-	root
udp	unconnected	0	0	[::]:5353	-	root
udp	established	0	0	192.0.2.10:40000	192.0.2.1:53	root
raw	unconnected	0	0	0.0.0.0:1	-	root
raw	unconnected	0	0	[::]:58	-	root
= 0

### every kind
$ fid sockets -a --from $SRC/tests/sockets/proc_net | cut -f1 | sort | uniq -c | sed 's/^ *//'
8 netlink
1 packet
2 raw
16 tcp
6 udp
1 unix-dgram
4 unix-stream
= 0

### what listens, and who may reach it
$ fid sockets -l --from $SRC/tests/sockets/proc_net
tcp	0.0.0.0:22	any	root
tcp	127.0.0.1:5432	loopback	www-data
tcp	192.0.2.10:8080	lan	www-data
tcp	10.0.0.5:9000	lan	root
tcp	[::]:22	any	root
tcp	[::]:80	any	root
tcp	[::1]:631	loopback	root
udp	127.0.0.53:53	loopback	root
udp	0.0.0.0:68	any	root
udp	192.0.2.10:123	lan	root
udp	[fe80::10]:546	lan	root
udp	[::]:5353	any	root
raw	0.0.0.0:1	any	root
raw	[::]:58	any	root
= 0

### only what is exposed
$ fid sockets --from $SRC/tests/sockets/proc_net exposed and tcp
tcp	listen	0	-	0.0.0.0:22	-	root
tcp	listen	1	-	192.0.2.10:8080	-	www-data
tcp	listen	0	-	10.0.0.5:9000	-	root
tcp	listen	0	-	[::]:22	-	root
tcp	listen	0	-	[::]:80	-	root
= 0

### ss's options in one word
$ fid sockets -tlnp --from $SRC/tests/sockets/proc_net -4
tcp	0.0.0.0:22	any	root
tcp	127.0.0.1:5432	loopback	www-data
tcp	192.0.2.10:8080	lan	www-data
tcp	10.0.0.5:9000	lan	root
= 0

### a filter with parentheses, a network and a port
$ fid sockets --from $SRC/tests/sockets/proc_net '( dport = :443 or dport = :80 ) and not src 10/8'
tcp	established	0	0	192.0.2.10:50100	198.51.100.80:443	root
tcp	established	0	0	192.0.2.10:50102	198.51.100.80:443	root
tcp	fin-wait-2	0	0	192.0.2.10:50104	203.0.113.9:80	-
tcp	established	0	0	[2001:db8::10]:50103	[2001:db8::1]:443	root
tcp	established	0	0	[::ffff:192.0.2.10]:57852	[::ffff:198.51.100.80]:443	root
= 0

### a port by itself is either side's
$ fid sockets --from $SRC/tests/sockets/proc_net :8080
tcp	listen	1	-	192.0.2.10:8080	-	www-data
tcp	established	0	0	192.0.2.10:8080	192.0.2.10:50106	-
tcp	established	0	0	192.0.2.10:50106	192.0.2.10:8080	root
= 0

### nothing found is status 1
$ fid sockets --from $SRC/tests/sockets/proc_net :9
= 1

### nothing there is no failure where nothing was asked for
$ mkdir empty && fid sockets --from empty
= 0

### a Unix socket by its path
$ fid sockets --from $SRC/tests/sockets/proc_net 'src "/*" or src @*'
unix-stream	listen	-	-	@notify	-	-
= 0

### timers
$ fid sockets -o --from $SRC/tests/sockets/proc_net state syn-sent or dport = :443 | cut -f 5-
192.0.2.10:50100	198.51.100.80:443	root	-
192.0.2.10:50102	198.51.100.80:443	root	keepalive 7199.690s
192.0.2.10:50105	192.0.2.77:25	root	retransmit 0.690s
[2001:db8::10]:50103	[2001:db8::1]:443	root	-
[::ffff:192.0.2.10]:57852	[::ffff:198.51.100.80]:443	root	-
= 0

### services by name, looked up nowhere
$ fid sockets -r --from $SRC/tests/sockets/proc_net -t sport = :22
tcp	listen	0	-	0.0.0.0:ssh	-	root
tcp	listen	0	-	[::]:ssh	-	root
= 0

### records
$ fid sockets --json --from $SRC/tests/sockets/proc_net dport = :25
{"type":"socket","protocol":"tcp","family":4,"state":"syn-sent","local_address":"192.0.2.10","local_port":50105,"local_name":null,"peer_address":"192.0.2.77","peer_port":25,"peer_name":null,"local_host":null,"peer_host":null,"service":null,"device":null,"exposure":null,"dual_stack":null,"recv_queue":0,"send_queue":1,"user":"root","uid":0,"pid":null,"process":null,"processes":null,"inode":1371996,"peer_inode":null,"cookie":null,"timer":"retransmit","timer_ms":690,"retransmits":0,"netns":null,"congestion":null,"info":null}
= 0

### chosen fields as text and as CSV
$ fid sockets --fields protocol,local_port,exposure --from $SRC/tests/sockets/proc_net -4 listening
$ fid sockets --csv --fields state,local_address,user --from $SRC/tests/sockets/proc_net sport = :5432 or sport = :50100
tcp	22	any
tcp	5432	loopback
tcp	8080	lan
tcp	9000	lan
state,local_address,user
listen,127.0.0.1,www-data
established,192.0.2.10,root
= 0

### counts
$ fid sockets -s --from $SRC/tests/sockets/proc_net
raw	all	2	1	1	2
raw	unconnected	2	1	1	2
tcp	all	16	11	5	5
tcp	established	7	5	2	0
tcp	fin-wait-2	1	1	0	0
tcp	listen	7	4	3	5
tcp	syn-sent	1	1	0	0
udp	all	6	4	2	4
udp	established	1	1	0	0
udp	unconnected	5	3	2	4
= 0

### counts as records
$ fid sockets -s --json --from $SRC/tests/sockets/proc_net raw
{"type":"count","protocol":"raw","state":"all","sockets":2,"ipv4":1,"ipv6":1,"exposed":2,"recv_queue_bytes":0,"send_queue_bytes":0}
{"type":"count","protocol":"raw","state":"unconnected","sockets":2,"ipv4":1,"ipv6":1,"exposed":2,"recv_queue_bytes":0,"send_queue_bytes":0}
= 0

### or followed by and
$ fid sockets --from $SRC/tests/sockets/proc_net udp or tcp and sport = :22
tcp	listen	0	-	0.0.0.0:22	-	root
tcp	listen	0	-	[::]:22	-	root
2> fid sockets: warning: 'or' is followed by 'and' without parentheses
2>   hint: it is read from left to right, as by ss: (A or B) and C
= 0

### what has changed since
$ fid sockets --json --from $SRC/tests/sockets/proc_net -t > before
$ cp -r $SRC/tests/sockets/proc_net now && sed -i '/:1F90 00000000/d; s/^\(.*C3B4 506433C6:01BB\) 01/\1 08/' now/tcp && tail -n 1 now/tcp | sed 's/C3B9/D000/' >> now/tcp
$ fid sockets --from now -t --diff before
-	tcp	listen	192.0.2.10:8080	-	-
~	tcp	established>close-wait	192.0.2.10:50100	198.51.100.80:443	-
+	tcp	syn-sent	192.0.2.10:53248	192.0.2.77:25	-
= 1

### nothing has changed
$ fid sockets --json --from $SRC/tests/sockets/proc_net > before
$ fid sockets --from $SRC/tests/sockets/proc_net --diff before
= 0

### changes as records
$ echo '{"type":"socket","protocol":"tcp","state":"listen","local_address":"0.0.0.0","local_port":1}' | fid sockets --from $SRC/tests/sockets/proc_net --diff - -t --json --fields change,local_port :9
{"type":"change","change":"closed","local_port":1}
= 1

### a file of something else
$ echo '# heading' > README.md && fid sockets --from $SRC/tests/sockets/proc_net --diff README.md
2> fid sockets: not a record of fid sockets: README.md line 1
2>   hint: save with: fid sockets --json > FILE
= 3

### no such folder
$ fid sockets --from /nonexistent
2> fid sockets: cannot read /nonexistent: no such file or directory
= 26

### a copy knows no processes
$ fid sockets --from $SRC/tests/sockets/proc_net process nginx
2> fid sockets: a copy of /proc/net knows no processes
2>   hint: leave out process and pid
= 2

### no such file
$ fid sockets --diff /nonexistent/file
2> fid sockets: cannot read /nonexistent/file: no such file or directory
= 26

### /proc/net that is something else
$ mkdir other && cp $SRC/README.md other/tcp && fid sockets --from other
2> fid sockets: not a file of /proc/net: other/tcp
= 3

### a mistyped state
$ fid sockets state estblished
2> fid sockets: bad filter at column 7: there is no state 'estblished'
2>     state estblished
2>           ^
2>   hint: did you mean 'established'?
= 2

### a mistyped word
$ fid sockets dprot = :443
2> fid sockets: bad filter at column 1: 'dprot' is no word of a filter
2>     dprot = :443
2>     ^
2>   hint: did you mean 'dport'?
= 2

### a bare word that may be three things
$ fid sockets nginx
2> fid sockets: bad filter at column 1: 'nginx' is no word of a filter
2>     nginx
2>     ^
2>   hint: process nginx, user nginx or host nginx?
= 2

### waiting for what never comes
$ fid sockets --wait :9 --timeout 20ms
2> fid sockets: nothing listens that fits :9: waited 20ms
= 28

### waiting for nothing
$ fid sockets --wait
2> fid sockets: --wait for what?
2>   hint: fid sockets --wait :8080
= 2

### two modes at once
$ fid sockets --watch --summary
2> fid sockets: --summary and --watch exclude each other
= 2

### a path with control characters stays harmless
$ mkdir evil && printf 'Num\n0: 00000002 00000000 00010000 0001 01 7 /tmp/\033[31mred\342\200\256\n' > evil/unix && fid sockets -x --from evil
unix-stream	listen	-	-	/tmp/\x1b[31mred\u{202e}	-	-
= 0
