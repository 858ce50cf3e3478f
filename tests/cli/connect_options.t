# SPDX-License-Identifier: MIT
### a rate of nothing
$ fid connect --rate 0 localhost 1
2> fid connect: --rate wants a size above 0, not '0'
= 2

### a rate that is none
$ fid connect --rate fast localhost 1
2> fid connect: --rate wants a size, not 'fast'
2>   hint: like 4096, 64k, 10M, 1GiB
= 2

### a delay that is none
$ fid connect --delay later localhost 1
2> fid connect: --delay wants a duration, not 'later'
2>   hint: like 500ms, 2s, 1m; a bare number is seconds
= 2

### a count of nothing
$ fid connect --count 0 udp://localhost:1
2> fid connect: --count wants a whole number, not '0'
2>   hint: allowed: at least 1
= 2

### a count of bytes
$ fid connect --count 1 localhost 1
2> fid connect: --count counts datagrams and messages, and this is a stream of bytes
2>   hint: --max-bytes ends after so many bytes, --frame makes messages of them
= 2

### retries that are none
$ fid connect --retry often localhost 1
2> fid connect: --retry wants a whole number, not 'often'
2>   hint: decimal digits only
= 2

### a backoff that is none
$ fid connect --retry 1 --backoff -1 localhost 1
2> fid connect: --backoff wants a duration, not '-1'
2>   hint: like 500ms, 2s, 1m; a bare number is seconds
= 2

### a tee without a file
$ fid connect --tee sent= localhost 1
2> fid connect: --tee wants a file, not ''
2>   hint: --tee FILE, --tee sent=FILE, --tee received=FILE
= 2

### a tee twice into one file
$ fid connect --tee /dev/null --tee sent=/dev/null localhost 1
2> fid connect: --tee names a file twice: /dev/null
2>   hint: FILE alone gets both directions
= 2

### a dump beside records
$ fid connect --hex --json localhost 1
2> {"type":"error","command":"fid connect","status":2,"name":"usage","message":"--hex does not go with records","hint":"the records hold the bytes"}
= 2

### an option that an endpoint does not have
$ fid connect 'tcp://localhost:1?keepalive=1'
2> fid connect: no parameter of tcp://localhost:1: ?keepalive
2>   hint: it takes none; --help lists the options of the command
= 2

### a variable without a name
$ fid connect --script /dev/null --set 1=2 localhost 1
2> fid connect: --set wants NAME=VALUE, not '1=2'
2>   hint: a name is made of letters, digits and _
= 2

### a script and what does not go with it
$ fid connect --script /dev/null --crlf localhost 1
2> fid connect: --crlf does not go with --script
= 2

### no such script
$ fid connect --script no-such-file localhost 1
2> fid connect: cannot read no-such-file: no such file or directory
= 26

### a script without commands, a port where nobody listens
$ fid connect --script /dev/null 127.0.0.1 1
2> fid connect: cannot connect to 127.0.0.1:1: connection refused
= 7

### a script that is not understood
$ fid connect --script - localhost 1
< send "a"
< expect /(/
2> fid connect: cannot understand standard input:2:8: not a regular expression: missing ): (
= 3

### --check and what does not go with it
$ fid connect --check --script /dev/null localhost 1
2> fid connect: --script does not go with --check
= 2

### the plan
$ fid connect --explain --ttl 5 --retry 2 127.0.0.1 1
endpoint        127.0.0.1:1
addresses       127.0.0.1
step 1          connect to 127.0.0.1:1
socket          no delay, ttl 5
timeout         30.0s
retries         2
= 0

### the plan through proxies, without secrets
$ FID_PROXY_PASSWORD=secret FID_PASSWORD=secret fid connect --explain --proxy socks5://me@192.0.2.1 --proxy https://192.0.2.2:3128 -H 'Authorization: Bearer secret' --ws-protocol chat --tls-ca ca.pem 'wss://me@example.org/chat?token=secret'
endpoint        wss://example.org/chat
addresses       192.0.2.1
step 1          connect to 192.0.2.1:1080
step 2          socks5 tunnel to 192.0.2.2:3128 as me
step 3          TLS with 192.0.2.2, verified by ca.pem
step 4          https tunnel to example.org:443
step 5          TLS with example.org, verified by ca.pem
step 6          WebSocket /chat, subprotocol chat, header Authorization
socket          no delay
timeout         30.0s
= 0

### the plan as a record
$ fid connect --explain --json --starttls smtp --tls-insecure --timeout 0 '[::1]:25'
{"type":"plan","endpoint":"[::1]:25","scheme":"tcp","host":"::1","port":25,"path":null,"addresses":["::1"],"steps":["connect to [::1]:25","STARTTLS of smtp","TLS with ::1, not verified"],"socket_options":["no delay"],"timeout_ms":null,"retries":0}
= 0

### the plan of a Unix socket
$ fid connect --explain --frame len32le unix:@name
endpoint        unix:@name
step 1          connect to unix:@name
step 2          messages: len32le
timeout         30.0s
= 0

### the plan without a port
$ fid connect --explain localhost
2> fid connect: no port in localhost
2>   hint: write HOST:PORT, or HOST PORT
= 2

### an option of a mode that was not asked for
$ fid connect --streams 2 localhost 1
2> fid connect: --streams belongs to --measure
= 2

### --inspect has nobody talk
$ fid connect --inspect --crlf tls://localhost:1
2> fid connect: --crlf does not go with --inspect
= 2

### two endpoints and a script
$ fid connect --script - tcp://localhost:1 --to tcp://localhost:2
2> fid connect: --to does not go with --script
= 2
