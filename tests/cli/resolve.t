### no name
$ fid resolve
2> fid resolve: no name to ask for
2>   hint: fid resolve NAME [TYPE] [@SERVER]
= 2

### a type is no name
$ fid resolve mx
2> fid resolve: no name to ask for
2>   hint: 'MX' is a type; a name is 'MX.'
= 2

### an unknown word
$ fid resolve example.com +shrot
2> fid resolve: unknown word '+shrot'
2>   hint: did you mean 'short'?
= 2

### an option that the list of names does not go with
$ fid resolve --bulk - --dig
2> fid resolve: --dig does not go with --bulk and --sweep
= 2

### an option of the list of names without one
$ fid resolve --window 10 example.com
2> fid resolve: --window belongs to --bulk and --sweep
= 2

### two ways of asking
$ fid resolve --trace --compare example.com
2> fid resolve: --trace does not go with --compare
= 2

### dig's word asks for the same
$ fid resolve +trace --all-ns example.com
2> fid resolve: --trace does not go with --all-ns
= 2

### the roots of no iteration
$ fid resolve --root @127.0.0.1 example.com
2> fid resolve: --root belongs to --trace and --all-ns
= 2

### times of nothing that is repeated
$ fid resolve --count 3 example.com
2> fid resolve: --count belongs to --watch
= 2

### TTLs where nothing is compared
$ fid resolve --with-ttl --trace example.com
2> fid resolve: --with-ttl belongs to --all-ns and --compare
= 2

### a layout that a table has no place for
$ fid resolve --time 5 --dig example.com
2> fid resolve: --dig does not go with --time
= 2

### one server is like itself
$ fid resolve --compare example.com @127.0.0.1:1
2> fid resolve: --compare wants two servers or more
2>   hint: name them: @A @B
= 2

### an interval of nothing
$ fid resolve --watch 0s example.com @127.0.0.1:1
2> fid resolve: --watch wants a time to wait between two questions
= 2

### no repetition
$ fid resolve --time 0 example.com @127.0.0.1:1
2> fid resolve: --time wants a whole number, not '0'
2>   hint: allowed: 1 to 1000000
= 2

### servers of zones speak no HTTPS
$ fid resolve --trace +https example.com
2> fid resolve: name servers of zones are asked over UDP or TCP
= 2

### a root server where none listens
$ fid resolve --trace --root @127.0.0.1:1 example.com
.	-	127.0.0.1:1	example.com.	A	-	connection refused
2> fid resolve: no server answers for .: 127.0.0.1:1: connection refused
= 7

### a file of root servers that is none
$ fid resolve --trace --root /dev/stdin example.com
< Permission is hereby granted, free of charge
2> fid resolve: not a file of root servers: line 1: a record is an owner, a TTL, a type and its data
= 3

### the chain of trust of what is not signed
$ fid resolve --validate example.com RRSIG
2> fid resolve: --validate does not go with RRSIG: signatures are not signed themselves
= 2

### the chain of trust in another class
$ fid resolve --validate version.bind TXT CH
2> fid resolve: --validate does not go with class CH
= 2

### an anchor for nothing
$ fid resolve --anchor root.key example.com
2> fid resolve: --anchor belongs to --validate
= 2

### the chain of trust in dig's layout
$ fid resolve --validate --dig example.com
2> fid resolve: --dig does not go with --validate
= 2

### an anchor that is no file
$ fid resolve --validate --anchor /nonexistent example.com
2> fid resolve: cannot read /nonexistent: no such file or directory
= 26

### anchors that are none
$ fid resolve --validate --anchor /dev/null example.com
2> fid resolve: no trust anchor in /dev/null
2>   hint: DS or DNSKEY records as a zone file has them
= 3

### a time that is none
$ fid resolve --validate --at yesterday example.com
2> fid resolve: --at wants a time, not 'yesterday'
2>   hint: like 2026-05-01T10:20:30Z
= 2

### a day that is none
$ fid resolve --validate --at 2026-02-30T00:00:00Z example.com
2> fid resolve: --at wants a time, not '2026-02-30T00:00:00Z'
2>   hint: like 2026-05-01T10:20:30Z
= 2

### an answer that cannot be had is neither secure nor bogus
$ fid resolve --validate --short example.com A @127.0.0.1:1
indeterminate
= 7

### a message as digits
$ fid resolve --decode "1234 8180 0001 0001 0000 0000 0161 0000 0100 01c0 0c00 0100 0100 0000 3c00 04c0 0002 01"
QUERY response, id 4660, NOERROR, flags qr rd ra, 35 bytes
question	a.		A	
answer	a.	60	A	192.0.2.1
= 0

### the same as dig shows it
$ fid resolve --dig --decode 12348180000100010000000001610000010001c00c000100010000003c0004c0000201
;; Got answer:
;; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: 4660
;; flags: qr rd ra; QUERY: 1, ANSWER: 1, AUTHORITY: 0, ADDITIONAL: 0

;; QUESTION SECTION:
;a.				IN	A

;; ANSWER SECTION:
a.			60	IN	A	192.0.2.1

= 0

### the same as records
$ fid resolve --json --decode 12348180000100010000000001610000010001c00c000100010000003c0004c0000201
{"type":"message","offset":0,"id":4660,"opcode":"QUERY","status":"NOERROR","flags":["qr","rd","ra"],"size_bytes":35,"questions":[{"name":"a.","qtype":"A","class":"IN"}],"answers":[{"name":"a.","ttl":60,"class":"IN","type":"A","data":"192.0.2.1","address":"192.0.2.1"}],"authority":[],"additional":[],"edns":null,"extended_error":null,"error":null,"error_offset":null}
= 0

### RFC 8427
$ fid resolve --json=rfc8427 --decode 12348180000100010000000001610000010001c00c000100010000003c0004c0000201
{"ID":4660,"QR":1,"Opcode":0,"AA":0,"TC":0,"RD":1,"RA":1,"AD":0,"CD":0,"RCODE":0,"QDCOUNT":1,"ANCOUNT":1,"NSCOUNT":0,"ARCOUNT":0,"QNAME":"a.","QTYPE":1,"QTYPEname":"A","QCLASS":1,"QCLASSname":"IN","answerRRs":[{"NAME":"a.","TYPE":1,"TYPEname":"A","CLASS":1,"CLASSname":"IN","TTL":60,"rdataA":"192.0.2.1","RDLENGTH":4,"RDATAHEX":"c0000201"}],"authorityRRs":[],"additionalRRs":[],"msgLength":35}
= 0

### the base64 of DNS over HTTPS, which is a question
$ fid resolve --decode "https://dns.example/dns-query?dns=AAABAAABAAAAAAAAAWEAAAEAAQ"
QUERY, id 0, NOERROR, flags rd, 19 bytes
question	a.		A	
= 0

### a dump on standard input
$ fid resolve --short --decode -
< 00000000: 1234 8180 0001 0001 0000 0000 0161 0000  .4...........a..
< 00000010: 0100 01c0 0c00 0100 0100 0000 3c00 04c0  ............<...
< 00000020: 0002 01                                  ...
192.0.2.1
= 0

### two messages behind their lengths, the second is cut
$ fid resolve --decode 001312340100000100000000000001610000010001001312350100000100000000000001610000
QUERY, id 4660, NOERROR, flags rd, 19 bytes
question	a.		A	
QUERY, id 4661, NOERROR, flags rd, 16 bytes
2> fid resolve: a malformed message: at offset 38: question 1 of 1 breaks off
= 3

### a signed message shows who signed it
$ fid resolve --dig --decode "12348580000000000000000103 4b6579 00 00fa 00ff 00000000 003d 0b686d61632d73686132353600 00006553f100 012c 0020 a47372d0a54ac9f5b7fdef6c2e3bf137f8f1c33d5e40b9c9525ad49569b57a06 1234 0000 0000"
;; Got answer:
;; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: 4660
;; flags: qr aa rd ra; QUERY: 0, ANSWER: 0, AUTHORITY: 0, ADDITIONAL: 1

;; TSIG PSEUDOSECTION:
Key.			0	ANY	TSIG	hmac-sha256. 1700000000 300 32 pHNy0KVKyfW3/e9sLjvxN/jxwz1eQLnJUlrUlWm1egY= 4660 NOERROR 0 

= 0

### no message at all
$ fid resolve --decode xyz
2> fid resolve: cannot decode 'xyz': it is no file, no hexadecimal digits and no base64 of a message
= 3

### a capture file
$ cat $SRC/tests/captures/first-look.pcapng | fid resolve --decode -
2> fid resolve: not a DNS message: standard input: it is a capture file
2>   hint: captures, compressed ones too: fid sniff -r - dns
= 3

### an option that has nothing to do with reading a message
$ fid resolve --decode 00 --tsig k:c2Vj
2> fid resolve: --tsig does not go with --decode
= 2

### a name beside a message
$ fid resolve --decode 00 example.com
2> fid resolve: --decode asks nobody for 'example.com'
2>   hint: digits with blanks between them need quotes
= 2

### a transfer is asked for alone
$ fid resolve example.com AXFR MX
2> fid resolve: a zone transfer is asked for alone, not with MX
= 2

### IXFR needs a serial
$ fid resolve example.com IXFR
2> fid resolve: IXFR needs the serial number of the version that is there already
2>   hint: IXFR=SERIAL; AXFR transfers all of the zone
= 2

### a serial is a number
$ fid resolve example.com IXFR=x
2> fid resolve: IXFR wants a whole number, not 'x'
2>   hint: decimal digits only
= 2

### a transfer has no search list
$ fid resolve --axfr --search example
2> fid resolve: --search does not go with a zone transfer
= 2

### two keys
$ fid resolve example.com -y k:c2Vj -k file
2> fid resolve: one key is enough: -k or -y
= 2

### a key that is none
$ fid resolve example.com -y k
2> fid resolve: not a TSIG key
2>   hint: [ALGORITHM:]NAME:BASE64, or a file with -k FILE
= 2

### a secret that is not base64 is not repeated
$ fid resolve example.com -y "hmac-sha256:k:se cret"
2> fid resolve: the secret of the TSIG key 'k': it is not base64
= 2

### an algorithm that is none
$ fid resolve example.com -y hmac-sha265:k:c2Vj
2> fid resolve: unknown TSIG algorithm 'hmac-sha265'
2>   hint: did you mean 'hmac-sha256'?
= 2

### a file without a key
$ echo options > file; fid resolve example.com -k file
2> fid resolve: there is no TSIG key in file
2>   hint: key "NAME" { algorithm hmac-sha256; secret "BASE64"; }; as tsig-keygen writes it
= 3

### a file that is not there
$ fid resolve example.com -k none
2> fid resolve: cannot read none: no such file or directory
= 26

### dig's words that are not spoken here
$ for word in yaml qr multiline nssearch https-get; do fid resolve example.com +$word; done
2> fid resolve: not spoken here: '+yaml'
2>   hint: --json is there
2> fid resolve: not spoken here: '+qr'
2>   hint: --record FILE keeps what was sent
2> fid resolve: not spoken here: '+multiline'
2>   hint: --json names every part of the data
2> fid resolve: not spoken here: '+nssearch'
2>   hint: --all-ns asks every server of a zone
2> fid resolve: not spoken here: '+https-get'
2>   hint: +https sends POST
= 2

### values of words
$ for word in bufsize bufsize=70000 qid=x tcp=1 subnet=192.0.2.0/33 ednsopt=10:zz cookie=1 ndots=16; do fid resolve example.com +$word; done
2> fid resolve: +bufsize needs a value
2>   hint: +bufsize=BYTES
2> fid resolve: +bufsize wants a whole number, not '70000'
2>   hint: allowed: 0 to 65535
2> fid resolve: +qid wants a whole number, not 'x'
2>   hint: decimal digits only
2> fid resolve: +tcp takes no value
2> fid resolve: not a prefix: 192.0.2.0/33: /33 is longer than IPv4's /32
2> fid resolve: +ednsopt wants hexadecimal digits, not 'zz'
2> fid resolve: +cookie wants hexadecimal digits, not '1'
2> fid resolve: +ndots wants a whole number, not '16'
2>   hint: allowed: 0 to 15
= 2

### names that are none
$ for name in a..b .a "$(printf '%064d' 0).example" 'a\256.b' 'a\'; do fid resolve "$name"; done
2> fid resolve: not a domain name: 'a..b': label 2 is empty
2> fid resolve: not a domain name: '.a': label 1 is empty
2> fid resolve: not a domain name: '0000000000000000000000000000000000000000000000000000000000000000.example': label 1 has 64 bytes; at most 63 are allowed
2> fid resolve: not a domain name: 'a\\256.b': '\\256' is not three digits up to 255
2> fid resolve: not a domain name: 'a\\': a backslash at the end of label 'a\\'
= 2

### other names that are none
$ fid resolve ☃.example; fid resolve ''; fid resolve "$(printf '%063d.%063d.%063d.%063d' 1 2 3 4)"
2> fid resolve: not a domain name: '☃.example': label '☃': string contains a disallowed character
2> fid resolve: not a domain name: '': it is empty
2> fid resolve: not a domain name: '000000000000000000000000000000000000000000000000000000000000001.000000000000000000000000000000000000000000000000000000000000002.000000000000000000000000000000000000000000000000000000000000003.000000000000000000000000000000000000000000000000000000000000004': it is longer than 255 bytes
= 2

### options
$ fid resolve -t WHAT example.com; fid resolve -c XX example.com; fid resolve -x 192.0.2.0/24; fid resolve -p 0x35 a.example; fid resolve --tries 0 a.example
2> fid resolve: unknown type 'WHAT'
2>   hint: a name such as MX, or TYPE and a number
2> fid resolve: unknown class 'XX'
2>   hint: IN, CH, HS, NONE, ANY, or CLASS and a number
2> fid resolve: not an IP address: 192.0.2.0/24: a prefix where one address is needed
2>   hint: -x takes one address, not a network
2> fid resolve: not a port: 0x35: neither a number nor a known service name
2> fid resolve: --tries wants a whole number, not '0'
2>   hint: allowed: 1 to 1000
= 2

### servers that are none
$ for server in ftp://x '[::1' 192.0.2.1:99999 tls://; do fid resolve a.example @$server; done
2> fid resolve: not a name server: 'ftp://x'
2>   hint: HOST[:PORT], tcp://, tls:// or https://HOST[:PORT][/PATH]
2> fid resolve: not an endpoint: [::1: no ] after [
2> fid resolve: not a port: 99999: above 65535
2> fid resolve: not an endpoint: tls://: the host is empty
2>   hint: write HOST:PORT
= 2

### a format of --json
$ fid resolve --json=xml a.example; fid resolve --json=rfc8427 --csv a.example; fid resolve --json=rfc8427 --json=rfc8427 a.example
2> {"type":"error","command":"fid resolve","status":2,"name":"usage","message":"--json cannot be 'xml'","hint":"choose from: rfc8427"}
2> {"type":"error","command":"fid resolve","status":2,"name":"usage","message":"--json and --csv exclude each other","hint":"give one of them"}
2> {"type":"error","command":"fid resolve","status":2,"name":"usage","message":"--json is given more than once","hint":"see 'fid resolve --help'"}
= 2

### a flag has no value
$ fid ping --json=rfc8427 localhost; fid resolve --short=yes a.example
2> {"type":"error","command":"fid ping","status":2,"name":"usage","message":"--json takes no value","hint":"see 'fid ping --help'"}
2> fid resolve: --short takes no value
2>   hint: see 'fid resolve --help'
= 2

### modes and what does not go with them
$ fid resolve --system @127.0.0.1 a; fid resolve --system --dig a; fid resolve --system --bulk -; fid resolve a.local @mdns @127.0.0.1; fid resolve a.local @mdns --tries 2; fid resolve --bulk - --json=rfc8427; fid resolve --rate 5 host
2> fid resolve: a server beside --system: '@127.0.0.1'
2>   hint: the system has its own, those of resolv.conf(5)
2> fid resolve: --dig does not go with --system
2> fid resolve: --bulk and --sweep does not go with --system
2> fid resolve: a server beside @mdns: '@127.0.0.1'
2>   hint: @mdns asks everybody on the network, and nobody else
2> fid resolve: --tries does not go with @mdns
2> {"type":"error","command":"fid resolve","status":2,"name":"usage","message":"--json=rfc8427 does not go with --bulk and --sweep","hint":null}
2> fid resolve: --rate belongs to --bulk and --sweep
= 2

### bulk over UDP and TCP together, and a proxy that UDP cannot have
$ fid resolve --bulk - @127.0.0.1 @tcp://127.0.0.1; fid resolve --bulk - @127.0.0.1 --proxy socks5://127.0.0.1:1
2> fid resolve: servers over UDP beside others: tcp://127.0.0.1:53
2>   hint: --bulk asks all of them over UDP, or none
2> fid resolve: --proxy does not go with servers over UDP
= 2

### a service by port, both ways
$ fid resolve --system 53/udp domain/udp
domain	53	udp		domain
domain	53	udp		domain
= 0

### a service that does not exist
$ fid resolve --system nosuchservice/tcp
2> fid resolve: there is no service nosuchservice/tcp: services(5) does not name it
= 1

### an address is no question
$ fid resolve --system --short 192.0.2.7 2001:DB8::1
192.0.2.7
2001:db8::1
= 0

### a name of multicast DNS asked of a server
$ fid resolve host.local A @127.0.0.1:1 --exit dig
2> fid resolve: cannot receive from 127.0.0.1:1: connection refused
= 9

### the environment's search list and where nobody listens
$ RES_OPTIONS=attempts:1 LOCALDOMAIN=one.example fid resolve --search --json host A @127.0.0.1:1 --fields name,status,error
{"type":"answer","name":"host.one.example.","status":null,"error":"cannot receive from 127.0.0.1:1: connection refused"}
2> {"type":"error","command":"fid resolve","status":7,"name":"cannot_connect","message":"cannot receive from 127.0.0.1:1: connection refused","hint":null}
= 7

### a long list of types, one of them unknown
$ fid resolve -t A,MX,MXX example.com
2> fid resolve: unknown type 'MXX'
2>   hint: did you mean 'MX'?
= 2

### letters in random case are for single questions
$ fid resolve --bulk - --0x20; fid resolve --bulk - +dns0x20
2> fid resolve: --0x20 does not go with --bulk and --sweep
2> fid resolve: +dns0x20 does not go with --bulk and --sweep
2>   hint: letters in random case are for single questions
= 2

### many questions over UDP are not recorded, and no empty file stands for them
$ fid resolve --bulk - --record none.pcapng @127.0.0.1:1; echo "status $?"; ls
status 2
2> fid resolve: --record does not go with --bulk and --sweep over UDP
2>   hint: --tcp, or servers over TLS or HTTPS
= 0
