# SPDX-License-Identifier: MIT
# One test for each wrong answer that other calculators were seen to give.
### no wrap at the highest address (iprange)
$ fid ipcalc merge 255.255.255.255 0.0.0.0
0.0.0.0/32
255.255.255.255/32
= 0

### all of ipv4 counted (iprange, ipcalc-ng)
$ fid ipcalc count --json 0.0.0.0/0 --fields family,addresses
{"type":"count","family":4,"addresses":4294967296}
{"type":"count","family":6,"addresses":0}
= 0

### all of ipv6 counted (ipcalc-ng)
$ fid ipcalc --json --fields addresses,hosts,first_host ::/0
{"type":"address_info","addresses":340282366920938463463374607431768211456,"hosts":340282366920938463463374607431768211455,"first_host":"::1"}
= 0

### zero length from the first address (ipcalc-ng)
$ fid ipcalc --json --fields addresses,first_host,last_host,broadcast 0.0.0.0/0
{"type":"address_info","addresses":4294967296,"first_host":"0.0.0.1","last_host":"255.255.255.254","broadcast":"255.255.255.255"}
= 0

### 31 has two hosts and no broadcast (ipcalc-ng)
$ fid ipcalc --json --fields broadcast,hosts,first_host,last_host 192.0.2.4/31
{"type":"address_info","broadcast":null,"hosts":2,"first_host":"192.0.2.4","last_host":"192.0.2.5"}
= 0

### 32 has one host and no broadcast
$ fid ipcalc --json --fields broadcast,hosts,first_host,last_host 192.0.2.4/32
{"type":"address_info","broadcast":null,"hosts":1,"first_host":"192.0.2.4","last_host":"192.0.2.4"}
= 0

### 127 has two hosts
$ fid ipcalc --json --fields broadcast,hosts,first_host,last_host 2001:db8::/127
{"type":"address_info","broadcast":null,"hosts":2,"first_host":"2001:db8::","last_host":"2001:db8::1"}
= 0

### reverse zones of an odd ipv6 length (ipcalc-ng crashes)
$ fid ipcalc --json --fields reverse_zones 2001:db8::/33
{"type":"address_info","reverse_zones":["0.8.b.d.0.1.0.0.2.ip6.arpa","1.8.b.d.0.1.0.0.2.ip6.arpa","2.8.b.d.0.1.0.0.2.ip6.arpa","3.8.b.d.0.1.0.0.2.ip6.arpa","4.8.b.d.0.1.0.0.2.ip6.arpa","5.8.b.d.0.1.0.0.2.ip6.arpa","6.8.b.d.0.1.0.0.2.ip6.arpa","7.8.b.d.0.1.0.0.2.ip6.arpa"]}
= 0

### zone ids are read (ipcalc-ng)
$ fid ipcalc --json --fields address,ptr fe80::1%eth0
{"type":"address_info","address":"fe80::1%eth0","ptr":"1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.e.f.ip6.arpa"}
= 0

### reverse zones of a /22 are delegable (ipcalc-ng, python)
$ fid ipcalc --json --fields reverse_zones 10.1.0.0/22
{"type":"address_info","reverse_zones":["0.1.10.in-addr.arpa","1.1.10.in-addr.arpa","2.1.10.in-addr.arpa","3.1.10.in-addr.arpa"]}
= 0

### ten hosts need a /28 (ipcalc)
$ fid ipcalc split 192.168.1.0/24 --hosts 10
192.168.1.0/28    14 hosts for 10
192.168.1.16/28   free
192.168.1.32/27   free
192.168.1.64/26   free
192.168.1.128/25  free
= 0

### leading zeros are refused by name (ipcalc, sipcalc, netmask)
$ fid ipcalc 010.0.0.1
2> fid ipcalc: not an IP address: 010.0.0.1: leading zero in 010
2>   hint: 010: octal 8 or decimal 10? Write it without the zero; --legacy-ip reads it as octal
= 3

### leading zeros are octal where asked for
$ fid ipcalc --legacy-ip --json --fields address 010.0.0.1
{"type":"address_info","address":"8.0.0.1"}
= 0

### two octets are refused (iprange)
$ fid ipcalc 1.2
2> fid ipcalc: not an IP address: 1.2: 2 octets where 4 are needed
2>   hint: --legacy-ip reads it as inet_aton does, as 1.0.0.2
= 3

### not an address is status 3 (sipcalc, ipcalc)
$ fid ipcalc bogus
2> fid ipcalc: not an IP address: bogus: 'b' is not a decimal digit
= 3

### host bits are no error (python)
$ fid ipcalc --json --fields address,prefix 10.0.0.77/22
{"type":"address_info","address":"10.0.0.77","prefix":"10.0.0.0/22"}
= 0

### ambiguous mask is refused by name
$ fid ipcalc 10.0.0.0/0.0.0.0
2> fid ipcalc: not a prefix: 10.0.0.0/0.0.0.0: the mask 0.0.0.0 is ambiguous: as a netmask it is /0, as a wildcard /32
2>   hint: write /0 or /32
= 3

### non-contiguous mask is refused
$ fid ipcalc 10.0.0.0/255.0.255.0
2> fid ipcalc: not a prefix: 10.0.0.0/255.0.255.0: the mask 255.0.255.0 is not contiguous
2>   hint: a netmask is ones then zeros (255.255.255.0), a wildcard zeros then ones (0.0.0.255)
= 3

### wildcard mask
$ fid ipcalc --json --fields prefix 192.168.0.0/0.0.255.255
{"type":"address_info","prefix":"192.168.0.0/16"}
= 0

### documentation prefix 3fff is not global (python)
$ fid ipcalc --json --fields global,special_rfc 3fff::1
{"type":"address_info","global":false,"special_rfc":"RFC 9637"}
= 0

### local-use nat64 is in the registry (python)
$ fid ipcalc --json --fields special_prefix,special_rfc 64:ff9b:1::1
{"type":"address_info","special_prefix":"64:ff9b:1::/48","special_rfc":"RFC 8215"}
= 0

### mapped addresses are dotted (python)
$ fid ipcalc --json --fields address,embedded_ipv4 ::ffff:a00:1
{"type":"address_info","address":"::ffff:10.0.0.1","embedded_ipv4":"10.0.0.1"}
= 0

### mapped addresses match ipv4 (grepcidr)
$ fid ipcalc grep 10.0.0.0/8
< from ::ffff:10.0.0.1
< from ::ffff:11.0.0.1
from ::ffff:10.0.0.1
= 0

### a wide prefix in the text is not in a narrow one (grepcidr)
$ fid ipcalc grep 10.0.0.0/16
< 10.0.0.0/8
= 1

### it overlaps it, though
$ fid ipcalc grep --overlap 10.0.0.0/16
< 10.0.0.0/8
10.0.0.0/8
= 0

### a bad pattern is status 2, not 1 (grepcidr)
$ fid ipcalc grep 10.0.0.300
< x
2> fid ipcalc grep: not an IP address: 10.0.0.300: octet 300 is above 255
= 2

### unreadable lines are status 3 (iprange)
$ fid ipcalc merge
< 10.0.0.0/8
< junk
< 10.0.0.1
10.0.0.0/8
2> fid ipcalc merge: stdin:2: not an IP address: junk: 'j' is not a decimal digit
= 3

### no ipv6 limits (prips)
$ fid ipcalc hosts 2001:db8::/125
2001:db8::1
2001:db8::2
2001:db8::3
2001:db8::4
2001:db8::5
2001:db8::6
2001:db8::7
= 0

### a zone without an address is refused
$ fid ipcalc %eth0:
2> fid ipcalc: not an IP address: %: there is no address before the zone
= 3
