### no URL
$ fid fetch
2> fid fetch: no URL to fetch
2>   hint: fid fetch URL, or fid fetch POST URL NAME=TEXT
= 2

### an option of curl's that is not here
$ fid fetch --next http://127.0.0.1:1/
2> fid fetch: there is no --next
2>   hint: run fid fetch once for each set of options
= 2

### in a bundle, too
$ fid fetch -Q PWD http://127.0.0.1:1/
2> fid fetch: there is no -Q
2>   hint: fid ftp has ls, get, put, mirror and more; fid fetch moves a file
= 2

### nobody listens
$ fid fetch http://127.0.0.1:1/
2> fid fetch: cannot fetch http://127.0.0.1:1/: connection refused
= 7

### -s says nothing
$ fid fetch -s http://127.0.0.1:1/
= 7

### -sS says why
$ fid fetch -sS http://127.0.0.1:1/
2> fid fetch: cannot fetch http://127.0.0.1:1/: connection refused
= 7

### a URL of another kind
$ fid fetch sftp://127.0.0.1/
2> fid fetch: not a URL of the web: sftp://127.0.0.1/
2>   hint: fid fetch speaks http, https, ftp and ftps
= 3

### what FTP does not have
$ fid fetch -d a=b ftp://127.0.0.1/
2> fid fetch: FTP has no methods and forms: ftp://127.0.0.1/
2>   hint: -T FILE sends a file
= 2

### its dialogue is fid ftp's to keep
$ fid fetch --record x.pcapng ftp://127.0.0.1/
2> fid fetch: --record does not keep FTP here: ftp://127.0.0.1/
2>   hint: fid ftp get --record FILE.pcapng URL does
= 2

### no request to show
$ fid fetch --dry-run ftp://127.0.0.1/a http://127.0.0.1/
2> fid fetch: FTP has no request to show or repeat: ftp://127.0.0.1/a
2>   hint: -v shows the dialogue
= 2

### a pattern that does not end
$ fid fetch http://127.0.0.1:1/[1-
2> fid fetch: not a URL pattern: http://127.0.0.1:1/[1-: a [ without its end
2>   hint: -g takes braces and brackets as they are
= 3

### an unknown variable
$ fid fetch -w '%{http_cod}' http://127.0.0.1:1/
2> fid fetch: -w has no variable 'http_cod'
2>   hint: did you mean 'http_code'?
= 2

### variables after a failure
$ fid fetch -s -w '%{http_code} %{exitcode} %{num_connects}\n' http://127.0.0.1:1/
000 7 0
= 7

### more -o than URLs
$ fid fetch -o a -o b http://127.0.0.1:1/
2> fid fetch: there are more -o and -O than URLs
2>   hint: the first belongs to the first URL
= 2

### a URL without a file name
$ fid fetch -O http://127.0.0.1:1/
2> fid fetch: there is no file name in http://127.0.0.1:1/
2>   hint: -o FILE gives it one
= 23

### -d and -F exclude each other
$ fid fetch -d a=1 -F b=2 http://127.0.0.1:1/
2> fid fetch: -d, -F and -T exclude each other
2>   hint: each makes the body
= 2

### a password cannot be asked for
$ fid fetch --no-input -u ann http://127.0.0.1:1/
2> fid fetch: no password for ann
2>   hint: --password-file FILE or --netrc has it
= 2

### items make JSON
$ fid fetch --dry-run POST example.com/api name=Ann age:=30 list:='[1, 2]' q==1 q=='a b' X-Key:v
POST /api?q=1&q=a%20b HTTP/1.1
Host: example.com
User-Agent: fid/0.1.0
X-Key: v
Content-Type: application/json
Accept: application/json, */*;q=0.5
Content-Length: 36

{"name":"Ann","age":30,"list":[1,2]}
= 0

### items of a form
$ fid fetch --dry-run --form example.com 'name=Ann Lee' a\=b=c
POST / HTTP/1.1
Host: example.com
User-Agent: fid/0.1.0
Accept: */*
Content-Type: application/x-www-form-urlencoded; charset=utf-8
Content-Length: 22

name=Ann%20Lee&a=b%3Dc
= 0

### GET is the method without data
$ fid fetch --dry-run example.com/ q==1 Accept:text/html
GET /?q=1 HTTP/1.1
Host: example.com
User-Agent: fid/0.1.0
Accept: text/html

= 0

### a header left out, and one that is empty
$ fid fetch --dry-run example.com/ Accept: 'X-Empty;'
GET / HTTP/1.1
Host: example.com
User-Agent: fid/0.1.0
X-Empty:

= 0

### not JSON
$ fid fetch --dry-run example.com/ age:=thirty
2> fid fetch: not JSON: age:=thirty
2>   hint: text is NAME=TEXT
= 3

### nested names are not there
$ fid fetch --dry-run example.com/ 'a[b]=1'
2> fid fetch: an item's name cannot have brackets: a[b]
2>   hint: give nested data as JSON: name:='{"key": 1}'
= 2

### curl's --json before a document
$ fid fetch --dry-run --json '{"a": 1}' http://example.com/
POST / HTTP/1.1
Host: example.com
User-Agent: fid/0.1.0
Content-Type: application/json
Accept: application/json
Content-Length: 8

{"a": 1}
= 0

### curl's --json behind an equals sign, whatever it is
$ fid fetch --dry-run --json='{bad' http://example.com/
POST / HTTP/1.1
Host: example.com
User-Agent: fid/0.1.0
Content-Type: application/json
Accept: application/json
Content-Length: 4

{bad
= 0

### the house's --json before a URL
$ fid fetch --json --fields url,status,error http://127.0.0.1:1/
{"type":"response","url":"http://127.0.0.1:1/","status":null,"error":"cannot fetch http://127.0.0.1:1/: connection refused"}
2> {"type":"error","command":"fid fetch","status":7,"name":"cannot_connect","message":"cannot fetch http://127.0.0.1:1/: connection refused","hint":null}
= 7

### both of them
$ fid fetch --json --json '{"a": 1}' --fields url,method,error http://127.0.0.1:1/
{"type":"response","url":"http://127.0.0.1:1/","method":"POST","error":"cannot fetch http://127.0.0.1:1/: connection refused"}
2> {"type":"error","command":"fid fetch","status":7,"name":"cannot_connect","message":"cannot fetch http://127.0.0.1:1/: connection refused","hint":null}
= 7

### braces that are no JSON belong to a URL
$ fid fetch --json --fields url --silent 'http://127.0.0.1:1/{a,b}'
{"type":"response","url":"http://127.0.0.1:1/a"}
{"type":"response","url":"http://127.0.0.1:1/b"}
= 7

### https is shown as what goes through TLS
$ fid fetch --dry-run -u ann:secret -b c=1 -A me/1 https://example.com/x?y=1
GET /x?y=1 HTTP/1.1
Host: example.com
Authorization: Basic YW5uOnNlY3JldA==
User-Agent: me/1
Accept: */*
Cookie: c=1

= 0

### -G, encoded
$ fid fetch --dry-run -G --data-urlencode 'q=a b' example.com
GET /?q=a+b HTTP/1.1
Host: example.com
User-Agent: fid/0.1.0
Accept: */*

= 0

### the command line of curl
$ fid fetch --as-curl POST example.com/x "name=it's" -o 'a b' -L
curl -H 'Content-Type: application/json' -H 'Accept: application/json, */*;q=0.5' --data-raw '{"name":"it'\''s"}' -L --fail-with-body -o 'a b' example.com/x
= 0

### of a form, a pattern and a login
$ fid fetch --as-curl -F a=1 -u ann --retry 2 -m 1.5 'http://127.0.0.1:1/[1-2]'
curl --form-string a=1 -u ann --retry 2 -m 1.5 --fail-with-body 'http://127.0.0.1:1/[1-2]'
= 0

### several failures are one status
$ fid fetch -s http://127.0.0.1:1/ http://127.0.0.1:1/b
= 7

### different ones are 75
$ fid fetch -s http://127.0.0.1:1/ http://no.such.host.invalid/
= 75

### a file to send that is not there
$ fid fetch -T nosuchfile http://127.0.0.1:1/
2> fid fetch: cannot read nosuchfile: no such file or directory
= 26

### a part of a form that is not there
$ fid fetch -F a=@nosuchfile http://127.0.0.1:1/
2> fid fetch: cannot read nosuchfile: no such file or directory
= 26

### --load: nobody listens
$ fid fetch --load -c 2 -n 3 http://127.0.0.1:1/
2> fid fetch: cannot connect to http://127.0.0.1:1/: connection refused
= 7

### --load: -c and -n as load generators have them, also with their value behind them
$ fid fetch --load -c0 http://127.0.0.1:1/
2> fid fetch: --connections wants a whole number, not '0'
2>   hint: allowed: 1 to 1000000
= 2

### --load: no requests
$ fid fetch --load -n0 http://127.0.0.1:1/
2> fid fetch: --requests wants a whole number, not '0'
2>   hint: allowed: at least 1
= 2

### --load: no connections beyond all measure
$ fid fetch --load -c 1000001 http://127.0.0.1:1/
2> fid fetch: --connections wants a whole number, not '1000001'
2>   hint: allowed: 1 to 1000000
= 2

### --load: not a rate
$ fid fetch --load --rate fast http://127.0.0.1:1/
2> fid fetch: --rate is no number of requests a second: 'fast'
2>   hint: more than 0, at most 100000000
= 2

### --load: no rate at all
$ fid fetch --load --rate 0 http://127.0.0.1:1/
2> fid fetch: --rate is no number of requests a second: '0'
2>   hint: more than 0, at most 100000000
= 2

### --load: no time
$ fid fetch --load --for 0 http://127.0.0.1:1/
2> fid fetch: --for is too short: 0
2>   hint: at least 1ms
= 2

### --load: a warm-up of requests that are counted
$ fid fetch --load -n 5 --warmup 1s http://127.0.0.1:1/
2> fid fetch: --warmup and -n do not go together
2>   hint: --for TIME instead of -n
= 2

### --load: one server
$ fid fetch --load http://127.0.0.1:1/ http://127.0.0.1:2/
2> fid fetch: the load is for one server: http://127.0.0.1:2 is not http://127.0.0.1:1
2>   hint: run fid fetch --load for each of them
= 2

### --load: HTTP/2
$ fid fetch --load --http2 http://127.0.0.1:1/
2> fid fetch: --http2 does not go with --load
2>   hint: --load speaks HTTP/1.1; h2load loads servers of HTTP/2
= 2

### --load: answers have no place to go
$ fid fetch --load -o file http://127.0.0.1:1/
2> fid fetch: --output does not go with --load
2>   hint: answers are not kept
= 2

### --load: redirects
$ fid fetch --load -L http://127.0.0.1:1/
2> fid fetch: --location does not go with --load
2>   hint: give the URL that the redirects lead to
= 2

### without --load
$ fid fetch --rate 5 http://127.0.0.1:1/
2> fid fetch: --rate belongs to --load
= 2

### --load --dry-run shows the request
$ fid fetch --load --dry-run -c 5 -A a http://127.0.0.1:1/x
GET /x HTTP/1.1
Host: 127.0.0.1:1
User-Agent: a
Accept: */*

= 0
