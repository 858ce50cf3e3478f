# SPDX-License-Identifier: MIT
### a rate of nothing
$ fid connect --rate 0 localhost 1
### a rate that is none
$ fid connect --rate fast localhost 1
### a delay that is none
$ fid connect --delay later localhost 1
### a count of nothing
$ fid connect --count 0 udp://localhost:1
### a count of bytes
$ fid connect --count 1 localhost 1
### retries that are none
$ fid connect --retry often localhost 1
### a backoff that is none
$ fid connect --retry 1 --backoff -1 localhost 1
### a tee without a file
$ fid connect --tee sent= localhost 1
### a tee twice into one file
$ fid connect --tee /dev/null --tee sent=/dev/null localhost 1
### a dump beside records
$ fid connect --hex --json localhost 1
### an option that an endpoint does not have
$ fid connect 'tcp://localhost:1?keepalive=1'
### a variable without a name
$ fid connect --script /dev/null --set 1=2 localhost 1
### a script and what does not go with it
$ fid connect --script /dev/null --crlf localhost 1
### no such script
$ fid connect --script no-such-file localhost 1
### a script without commands, a port where nobody listens
$ fid connect --script /dev/null 127.0.0.1 1
### a script that is not understood
$ fid connect --script - localhost 1
< send "a"
< expect /(/
### --check and what does not go with it
$ fid connect --check --script /dev/null localhost 1
### the plan
$ fid connect --explain --ttl 5 --retry 2 127.0.0.1 1
### the plan through proxies, without secrets
$ FID_PROXY_PASSWORD=secret FID_PASSWORD=secret fid connect --explain --proxy socks5://me@192.0.2.1 --proxy https://192.0.2.2:3128 -H 'Authorization: Bearer secret' --ws-protocol chat --tls-ca ca.pem 'wss://me@example.org/chat?token=secret'
### the plan as a record
$ fid connect --explain --json --starttls smtp --tls-insecure --timeout 0 '[::1]:25'
### the plan of a Unix socket
$ fid connect --explain --frame len32le unix:@name
### the plan without a port
$ fid connect --explain localhost
