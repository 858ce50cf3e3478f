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
$ fid resolve --bulk - --tcp
2> fid resolve: --tcp does not go with --bulk and --sweep
= 2

### an option of the list of names without one
$ fid resolve --window 10 example.com
2> fid resolve: --window belongs to --bulk and --sweep
= 2

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
$ fid resolve --rfc8427 --decode 12348180000100010000000001610000010001c00c000100010000003c0004c0000201
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
