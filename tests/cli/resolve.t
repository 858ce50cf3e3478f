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

### dig's words that are not spoken here
$ for word in yaml qr multiline nssearch https-get; do fid resolve example.com +$word; done
2> fid resolve: not spoken here: '+yaml'
2>   hint: --json is there
2> fid resolve: not spoken here: '+qr'
2>   hint: --record FILE keeps what was sent
2> fid resolve: not spoken here: '+multiline'
2>   hint: --json names every part of the data
2> fid resolve: not spoken here: '+nssearch'
2>   hint: ask for the NS records, then each server with @HOST
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
