# SPDX-License-Identifier: MIT
### a folder that is none
$ fid serve ./nowhere
2> fid serve: cannot serve ./nowhere: no such file or directory
= 26

### a folder and more
$ fid serve . echo
2> fid serve: one word too many: 'echo'
= 2

### an option of folders
$ fid serve echo --spa
2> fid serve: --spa is for folders only
= 2

### a header that is the server's own
$ fid serve . --header 'Content-Length: 1'
2> fid serve: cannot set the header 'Content-Length': it is the server's own, or no name
= 2

### no users
$ fid serve . --auth-file /dev/null
2> fid serve: cannot use /dev/null: it names no users
= 3

### a service misspelt
$ fid serve ehco
2> fid serve: neither service nor folder: 'ehco'
2>   hint: did you mean 'echo'?
= 2

### a service that is none
$ fid serve 17
2> fid serve: neither service nor folder: '17'
2>   hint: echo, discard, chargen, daytime, time, text TEXT and exec COMMAND are; './DIR' is a folder
= 2

### no command
$ fid serve exec
2> fid serve: no command given
2>   hint: fid serve exec '...'
= 2

### a command in pieces
$ fid serve exec cat -n
2> fid serve: unknown option '-n'
2>   hint: did you mean '-l'?
= 2

### a model of what has none
$ fid serve time --model fork
2> fid serve: --model is for echo, text and exec, not time
= 2

### datagrams have no model
$ fid serve echo --model threads --listen udp://127.0.0.1:0
2> fid serve: --model does not go with udp://127.0.0.1:0: datagrams are served by the loop
= 2

### TLS over UDP
$ fid serve echo --tls --listen udp://127.0.0.1:0
2> fid serve: --tls does not go with udp://127.0.0.1:0: there is no TLS over UDP here
= 2

### a certificate for nothing
$ fid serve echo --tls-cert cert.pem
2> fid serve: --tls-cert without a listener of TLS
2>   hint: --tls, or --listen tls://:PORT
= 2

### a certificate that is not there
$ fid serve echo --tls --tls-cert no-such.pem
2> fid serve: cannot read the certificate no-such.pem: system lib
2>   hint: it has to be in PEM form
= 26

### nothing to listen on
$ fid serve echo --listen exec:cat
2> fid serve: cannot listen on exec:cat: exec is nothing to listen on
2>   hint: tcp, udp, tls, ws, wss and unix are
= 2

### HTTP is none of them
$ fid serve echo --listen http://127.0.0.1:0
2> fid serve: cannot listen on http://127.0.0.1:0: the services here do not speak HTTP
2>   hint: they do tcp, udp, tls, ws, wss and unix
= 2

### a mode that is none
$ fid serve echo --listen 'unix:/nowhere/x?mode=rw'
2> fid serve: not a mode for unix:/nowhere/x: 'rw'
2>   hint: ?mode=0660, for example
= 2

### a parameter that is none
$ fid serve echo --listen '127.0.0.1:0?mode=0600'
2> fid serve: no parameter of 127.0.0.1:0: ?mode
2>   hint: it takes none
= 2

### an address of another machine
$ fid serve echo --listen 203.0.113.1:7
2> fid serve: cannot listen on 203.0.113.1:7: cannot assign requested address
2>   hint: it has to be an address of this machine; :PORT is all of them
= 7

### no such folder
$ fid serve echo --listen unix:/nowhere/at/all
2> fid serve: cannot listen on unix:/nowhere/at/all: no such file or directory
= 7

### a recording of forked processes
$ fid serve echo --model fork --record x.pcapng
2> fid serve: --record does not go with --model fork
= 2

### a log that cannot be written
$ fid serve echo --listen 127.0.0.1:0 --log-file /nowhere/log
2> fid serve: cannot write the log /nowhere/log: no such file or directory
= 23

### a text for one
$ fid serve text hello --listen unix:@fid-golden --count 1 -q >/dev/null & fid connect --retry 5 unix:@fid-golden; wait
hello
= 0

### a program for one
$ fid serve exec 'tr a-z A-Z; echo $PROTO $FID_TRANSPORT $FID_CONNECTION' --listen unix:@fid-golden2 --count 1 -q >/dev/null & echo quiet | fid connect --retry 5 unix:@fid-golden2; wait
QUIET
UNIX unix 1
= 0

### fields of the records
$ fid serve text hello --listen unix:@fid-golden3 --count 1 --fields service,status,reason & fid connect --retry 5 unix:@fid-golden3 >/dev/null; wait
text	0	
= 0
