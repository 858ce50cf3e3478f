# SPDX-License-Identifier: MIT
### info of an address with its network
$ fid ipcalc 192.168.1.77/26
address               192.168.1.77
family                4
prefix                192.168.1.64/26
range                 192.168.1.64-192.168.1.127
network               192.168.1.64
broadcast             192.168.1.127
first_host            192.168.1.65
last_host             192.168.1.126
netmask               255.255.255.192
wildcard              0.0.0.63
prefix_length         26
addresses             64
hosts                 62
use                   private-use (RFC 1918)
special_name          private-use
special_prefix        192.168.0.0/16
special_rfc           RFC 1918
special_date          2026-07
global                no
source                yes
destination           yes
forwardable           yes
reserved_by_protocol  no
class                 C
ptr                   77.1.168.192.in-addr.arpa
reverse_zones         64.1.168.192.in-addr.arpa to 127.1.168.192.in-addr.arpa (64 zones)
classless_zone        64/26.1.168.192.in-addr.arpa
integer               3232235853
hex                   0xc0a8014d
bytes_network_order   c0 a8 01 4d
bytes_host_order      4d 01 a8 c0
= 0

### info of a range
$ fid ipcalc 10.0.0.5-10.0.1.9
family                4
range                 10.0.0.5-10.0.1.9
addresses             261
prefixes              10.0.0.5/32, 10.0.0.6/31, 10.0.0.8/29, 10.0.0.16/28, 10.0.0.32/27, 10.0.0.64/26, 10.0.0.128/25, 10.0.1.0/29, 10.0.1.8/31
use                   private-use (RFC 1918)
special_name          private-use
special_prefix        10.0.0.0/8
special_rfc           RFC 1918
special_date          2026-07
global                no
source                yes
destination           yes
forwardable           yes
reserved_by_protocol  no
class                 A
integer               167772165
hex                   0x0a000005
bytes_network_order   0a 00 00 05
bytes_host_order      05 00 00 0a
= 0

### info of a teredo address
$ fid ipcalc --json --fields embedded_ipv4,embedding,teredo_server,teredo_port 2001:0:4136:e378:8000:63bf:3fff:fdd2
{"type":"address_info","embedded_ipv4":"192.0.2.45","embedding":"Teredo","teredo_server":"65.54.227.120","teredo_port":40000}
= 0

### info of an eui-64 address
$ fid ipcalc --json --fields mac fe80::211:22ff:fe33:4455
{"type":"address_info","mac":"00:11:22:33:44:55"}
= 0

### bytes in both orders
$ fid ipcalc --csv --fields address,hex,bytes_network_order,bytes_host_order 1.2.3.4
address,hex,bytes_network_order,bytes_host_order
1.2.3.4,0x01020304,01 02 03 04,04 03 02 01
= 0

### info shows the good ones beside a bad one
$ fid ipcalc --json --fields address 1.2.3.4 x ::1
{"type":"address_info","address":"1.2.3.4"}
{"type":"address_info","address":"::1"}
2> {"type":"error","command":"fid ipcalc","status":3,"name":"bad_input","message":"not an IP address: x: 'x' is not a decimal digit","hint":null}
= 3

### split to a length
$ fid ipcalc split 10.0.0.0/22 --prefix 24
10.0.0.0/24
10.0.1.0/24
10.0.2.0/24
10.0.3.0/24
= 0

### split into six
$ fid ipcalc split 10.0.0.0/22 --into 6
10.0.0.0/24
10.0.1.0/24
10.0.2.0/25
10.0.2.128/25
10.0.3.0/25
10.0.3.128/25
= 0

### split for hosts
$ fid ipcalc split 10.0.0.0/24 --hosts 20,100,50
10.0.0.0/25    126 hosts for 100
10.0.0.128/26  62 hosts for 50
10.0.0.192/27  30 hosts for 20
10.0.0.224/27  free
= 0

### split for too many hosts
$ fid ipcalc split 10.0.0.0/24 --hosts 200,100
2> fid ipcalc split: cannot fit 100 hosts into 10.0.0.0/24: 1 of 2 subnets fit, largest first
2>   hint: a subnet of n hosts takes the next power of two above n + 2
= 1

### split for all hosts there are
$ fid ipcalc split 10.0.0.0/24 --hosts 126,126
10.0.0.0/25    126 hosts for 126
10.0.0.128/25  126 hosts for 126
= 0

### split into more than there is
$ fid ipcalc split 10.0.0.0/31 --into 3
2> fid ipcalc split: cannot split 10.0.0.0/31: it has only 2 addresses
= 1

### split ipv6 ends at the highest address
$ fid ipcalc split ffff::/16 --prefix 17
ffff::/17
ffff:8000::/17
= 0

### split wants to know how
$ fid ipcalc split 10.0.0.0/24
2> fid ipcalc split: split wants one of --prefix, --into, --hosts
2>   hint: fid ipcalc split 10.0.0.0/22 --prefix 24
= 2

### merge a mixed list
$ fid ipcalc merge
< # a list
< 10.0.0.0/25
< 10.0.0.128/25 ; upper half
< 2001:db8::-2001:db8::1
< 10.0.1.0
<
10.0.0.0/24
10.0.1.0/32
2001:db8::/127
= 0

### merge with bad lines skipped
$ fid ipcalc merge - --skip-bad
< 10.0.0.0/8
< junk
< 1.2.3.4.5
10.0.0.0/8
= 0

### merge a missing file
$ fid ipcalc merge nowhere
2> fid ipcalc merge: cannot read nowhere: no such file or directory
= 26

### merge as ranges
$ fid ipcalc merge 10.0.0.0/24 10.0.1.0/25 --as ranges
10.0.0.0-10.0.1.127
= 0

### merge as addresses
$ fid ipcalc merge 10.0.0.254-10.0.1.1 --as addresses
10.0.0.254
10.0.0.255
10.0.1.0
10.0.1.1
= 0

### merge as nft
$ fid ipcalc merge 10.0.0.0/24 2001:db8::/32 --as nft
table inet fid {
	set ipv4 {
		type ipv4_addr
		flags interval
		elements = {
			10.0.0.0/24,
		}
	}
	set ipv6 {
		type ipv6_addr
		flags interval
		elements = {
			2001:db8::/32,
		}
	}
}
= 0

### merge as ipset, where a length of 0 is not allowed
$ fid ipcalc merge 0.0.0.0/0 2001:db8::/32 --as ipset
create fid4 hash:net family inet maxelem 65536
add fid4 0.0.0.0/1
add fid4 128.0.0.0/1
create fid6 hash:net family inet6 maxelem 65536
add fid6 2001:db8::/32
= 0

### merge as regex
$ fid ipcalc merge 10.0.5.0/25 192.168.200.0/21 --as regex
10\.0\.5\.([0-9]|[1-9][0-9]|1[01][0-9]|12[0-7])
192\.168\.(20[0-7])\.([0-9]|[1-9][0-9]|1[0-9][0-9]|2[0-4][0-9]|25[0-5])
= 0

### regex is for ipv4
$ fid ipcalc merge ::1 --as regex
2> fid ipcalc merge: cannot write IPv6 prefixes: one address has many spellings, so no regular expression finds them all
2>   hint: fid ipcalc grep finds IPv6 addresses in any spelling; or take the IPv6 part off: ... - ::/0
= 3

### merge json
$ fid ipcalc merge --json ::/0
{"type":"prefix","prefix":"::/0","family":6,"prefix_length":0,"first":"::","last":"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff","addresses":340282366920938463463374607431768211456}
= 0

### set binds & tighter
$ fid ipcalc set '10.0.0.0/8 - 10.1.0.0/16 & 10.0.0.0/9' --as ranges
10.0.0.0-10.0.255.255
10.2.0.0-10.255.255.255
= 0

### set with parentheses
$ fid ipcalc set '(10.0.0.0/24 + 10.0.1.0/24) ^ 10.0.1.0/25'
10.0.0.0/24
10.0.1.128/25
= 0

### set with a file
$ printf '10.0.0.0/9\n' > used; fid ipcalc set '10.0.0.0/8 - @used'
10.128.0.0/9
= 0

### set complement of everything is nothing
$ fid ipcalc set '::/0 - ::/0'
= 0

### set differs
$ fid ipcalc set --is-empty '10.0.0.0/8 ^ 10.0.0.0/9'
= 1

### set names the column
$ fid ipcalc set '10.0.0.0/8 + )'
2> fid ipcalc set: cannot read the expression at column 14: expected an operand, not ')'
2>   hint: like '@allow + 10.0.0.0/8 - (@blocked & @office)'; & binds tighter than + - ^
= 2

### set names the parenthesis
$ fid ipcalc set '10.0.0.0/8 + (10.0.0.0/9'
2> fid ipcalc set: cannot read the expression at column 14: this '(' is never closed
2>   hint: like '@allow + 10.0.0.0/8 - (@blocked & @office)'; & binds tighter than + - ^
= 2

### set names the column of a bad operand
$ fid ipcalc set '10.0.0.0/8 + 10.x'
2> fid ipcalc set: not an IP address: 10.x: 'x' is not a decimal digit, column 14
= 3

### contains names the smallest entry
$ fid ipcalc contains 10.0.0.0/8,10.1.0.0/16 10.1.2.3 11.0.0.1
10.1.2.3 in 10.1.0.0/16
11.0.0.1 not in the set
= 1

### contains names file and line
$ printf '# x\n10.0.0.0/8\n' > list; fid ipcalc contains @list 10.1.2.3
10.1.2.3 in 10.0.0.0/8 (list:2)
= 0

### contains across entries
$ fid ipcalc contains 10.0.0.0/25,10.0.0.128/25 10.0.0.0/24
10.0.0.0/24 in several entries together
= 0

### compare equal
$ fid ipcalc compare 10.0.0.0-10.255.255.255 10.0.0.0/8
10.0.0.0-10.255.255.255 equal 10.0.0.0/8 (=)
= 0

### compare contains
$ fid ipcalc compare 10.0.0.0/8 10.1.0.0/16
10.0.0.0/8 contains 10.1.0.0/16 (<)
= 1

### compare within
$ fid ipcalc compare 10.1.0.0/16 10.0.0.0/8
10.1.0.0/16 within 10.0.0.0/8 (>)
= 1

### compare overlaps
$ fid ipcalc compare 10.0.0.0-10.0.0.9 10.0.0.5-10.0.0.20
10.0.0.0-10.0.0.9 overlaps 10.0.0.5-10.0.0.20 (<)
= 1

### compare families
$ fid ipcalc compare --json ::/0 0.0.0.0/0
{"type":"comparison","a":"::/0","relation":"disjoint","b":"0.0.0.0/0","order":">"}
= 1

### hosts
$ fid ipcalc hosts 192.0.2.0/30 192.0.2.8/31
192.0.2.1
192.0.2.2
192.0.2.8
192.0.2.9
= 0

### hosts of everything at once
$ fid ipcalc hosts ::/0 | head -n 2
::1
::2
= 0

### hosts with network and broadcast
$ fid ipcalc hosts --all 192.0.2.0/30
192.0.2.0
192.0.2.1
192.0.2.2
192.0.2.3
= 0

### nth
$ fid ipcalc nth 10.0.0.0/8 0 1000 -1
10.0.0.0
10.0.3.232
10.255.255.255
= 0

### nth of 128 bits
$ fid ipcalc nth ::/0 340282366920938463463374607431768211455
ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff
= 0

### nth beyond
$ fid ipcalc nth 10.0.0.0/24 256
2> fid ipcalc nth: no address 256 in 10.0.0.0/24: it has 256 addresses
2>   hint: 0 is the first and -1 the last
= 1

### count
$ fid ipcalc count 10.0.0.0/8 10.1.0.0/16 ::1
IPv4 16777216 addresses in 1 prefixes, 1 ranges, 2 entries
IPv6 1 addresses in 1 prefixes, 1 ranges, 1 entries
= 0

### sort
$ fid ipcalc sort
< 10.0.0.10
< 10.0.0.9
< ::1
< 9.0.0.0/8
< 10.0.0.9
9.0.0.0/8
10.0.0.9
10.0.0.9
10.0.0.10
::1
= 0

### sort unique reverse
$ fid ipcalc sort -u -r
< 10.0.0.10
< 10.0.0.9
< 10.0.0.9
10.0.0.10
10.0.0.9
= 0

### free
$ fid ipcalc free 192.168.0.0/24 --used 192.168.0.64/26
192.168.0.0/26
192.168.0.128/25
= 0

### next free
$ fid ipcalc free 10.0.0.0/16 --used 10.0.0.0/24,10.0.1.0/25 --prefix 24 -n 2
10.0.2.0/24
10.0.3.0/24
= 0

### no room
$ fid ipcalc free 10.0.0.0/24 --used 10.0.0.1 --prefix 24
2> fid ipcalc free: no more room for /24: 0 of 1 found in 10.0.0.0/24
= 1

### random draws each once
$ fid ipcalc random 10.0.0.0/28 -n 16 | sort -u | wc -l
16
= 0

### random repeats with a seed
$ fid ipcalc random ::/0 -n 3 --seed 7 > a; fid ipcalc random ::/0 -n 3 --seed 7 | cmp - a
= 0

### random runs out
$ fid ipcalc random 10.0.0.0/30 -n 5
2> fid ipcalc random: cannot draw 5 from 10.0.0.0/30: there are only 4
2>   hint: each is drawn at most once
= 1

### random ula
$ fid ipcalc random --ula | grep -cE '^fd[0-9a-f:]+::/48$'
1
= 0

### range
$ fid ipcalc range 10.0.0.5 10.0.0.9
10.0.0.5/32
10.0.0.6/31
10.0.0.8/31
= 0

### range backwards
$ fid ipcalc range 10.0.0.9 10.0.0.5
2> fid ipcalc range: no range from 10.0.0.9 to 10.0.0.5: the first is the higher one
2>   hint: fid ipcalc range 10.0.0.5 10.0.0.9
= 3

### range cover
$ fid ipcalc range 10.0.0.5-10.0.1.9 --cover
10.0.0.0/23
= 0

### range of everything
$ fid ipcalc range :: ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff
::/0
= 0


### contains names the smallest entry, whole ranges too, of equal ones the first
$ printf '10.0.0.0/8\n10.1.0.0-10.1.9.9\n10.1.2.0/24\n10.1.2.0/24\n10.1.2.7-10.1.2.9\n10.1.2.200-10.1.3.4\n::/0\n' > list; fid ipcalc contains @list 10.1.2.8 10.1.2.1 10.1.9.9 10.9.9.9 10.1.3.0/30 10.1.2.250-10.1.3.2 2001:db8::
10.1.2.8 in 10.1.2.7-10.1.2.9 (list:5)
10.1.2.1 in 10.1.2.0/24 (list:3)
10.1.9.9 in 10.1.0.0-10.1.9.9 (list:2)
10.9.9.9 in 10.0.0.0/8 (list:1)
10.1.3.0/30 in 10.1.2.200-10.1.3.4 (list:6)
10.1.2.250-10.1.3.2 in 10.1.2.200-10.1.3.4 (list:6)
2001:db8:: in ::/0 (list:7)
= 0
