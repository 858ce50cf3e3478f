# SPDX-License-Identifier: MIT
### closed ports, in the order asked for, with what usually stands there
$ fid connect --check 127.0.0.1 3,1-2,tcpmux | sed -E 's/[0-9.]+(\t[a-z]*\t\t)$/T\1/'
127.0.0.1	3	tcp	closed	T			
127.0.0.1	1	tcp	closed	T	tcpmux		
127.0.0.1	2	tcp	closed	T			
= 0

### a prefix, over UDP
$ fid connect --check udp://127.0.0.0/30 127.0.0.9 9 | cut -f 1-4
127.0.0.1	9	udp	closed
127.0.0.2	9	udp	closed
127.0.0.9	9	tcp	closed
= 0

### fields of one's own choice
$ fid connect --check --fields port,state 127.0.0.1 1-2
1	closed
2	closed
= 1

### CSV
$ fid connect --check --csv 127.0.0.1 1 | sed -E 's/closed,[0-9.]+,/closed,T,/'
host,address,port,protocol,state,rtt_ms,service,banner,error
127.0.0.1,127.0.0.1,1,tcp,closed,T,tcpmux,,
= 0

### records, with an account of those that are not shown
$ fid connect --check --json 127.0.0.1 1-17 | sed -E 's/("duration_s":)[0-9.e-]+/\1T/'
{"type":"check","checked":17,"open":0,"closed":17,"filtered":0,"open_or_filtered":0,"unreachable":0,"unknown":0,"duration_s":T}
= 0

### open ones only
$ fid connect --check --show open 127.0.0.1 1-3
= 1

### how many, for those who ask
$ fid connect --check -v 127.0.0.1 1-17
2> fid connect: 17 checked, 0 open, 17 closed
= 1

### no such name
$ fid connect --check no-such-host.invalid 80
2> fid connect: cannot look up no-such-host.invalid: no such name
= 6

### words that make no list of ports
$ fid connect --check localhost 80,htp
2> fid connect: not a port: htp: neither a number nor a known service name
= 2

### a range that ends before it begins
$ fid connect --check localhost 25-20
2> fid connect: not a range of ports: 25-20: its end is before its beginning
= 2

### no ports
$ fid connect --check localhost
2> fid connect: no ports given for localhost
2>   hint: fid connect --check HOST... PORTS, like: fid connect --check example.org 20-25,80,443
= 2

### ports in two words
$ fid connect --check localhost 80 443
2> fid connect: not a host: 80
2>   hint: several ports are one word, with commas: 80,443,8000-8010
= 2

### no host
$ fid connect --check 80
2> fid connect: no host given
2>   hint: fid connect --check HOST... PORTS, like: fid connect --check example.org 20-25,80,443
= 2

### not a port that can be checked
$ fid connect --check tls://localhost 443
2> fid connect: cannot check tls://localhost: only tcp:// and udp:// ports can be checked
= 2

### too many hosts
$ fid connect --check 10.0.0.0/8 80
2> fid connect: too many hosts: 10.0.0.1-10.255.255.254: more than 1048576 together
2>   hint: check smaller prefixes one after the other: fid ipcalc split
= 2

### not an address
$ fid connect --check 10.0.0.256 80
2> fid connect: not an IP address: 10.0.0.256: octet 256 is above 255
= 3

### options of a conversation
$ fid connect --check --crlf localhost 80
2> fid connect: --crlf does not go with --check
= 2

### no time to wait
$ fid connect --check --timeout 0 localhost 80
2> fid connect: --timeout wants a time to wait, not '0'
2>   hint: like 500ms, 3s
= 2
