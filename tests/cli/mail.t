# SPDX-License-Identifier: MIT
### send to nobody
$ fid mail send
2> fid mail send: there is nobody to send to
2>   hint: --to ADDRESS
= 2

### sent by nobody
$ fid mail send --to b@example.org

### no server
$ fid mail send --from a@example.org --to b@example.org

### the message, as it would be sent
$ fid mail send --from 'Jörg <a@example.org>' --to b@example.org --cc 'Ann <c@example.org>' --bcc d@example.org --subject 'Grüße' --header 'Date: Mon, 01 Jan 2024 00:00:00 +0000' --header 'Message-ID: <1@example.org>' --text - --dry-run
< Hello,
< .
< with a dot above

### a line end in an address
$ fid mail send --from a@b --to "$(printf 'b@c>\r\nRCPT TO:<d@e')" --dry-run

### a line end in a header
$ fid mail send --from a@b --to b@c --header "$(printf 'X: y\nBcc: d@e')" --dry-run

### Bcc as a header
$ fid mail send --from a@b --to b@c --header 'Bcc: d@e' --dry-run

### a header that says how the parts are made
$ fid mail send --from a@b --to b@c --header 'Content-Type: text/html' --dry-run

### a file that is not there
$ fid mail send --from a@b --to b@c --attach /nonexistent --dry-run

### a text that is none
$ printf '\377' | fid mail send --from a@b --to b@c --text - --dry-run

### a message that is ready does not go with one to be made
$ fid mail send --from a@b --to b@c --eml README.md --subject x --dry-run

### another protocol
$ fid mail send --from a@b --to b@c --via http://localhost

### a password in the address
$ fid mail send --from a@b --to b@c --via smtp://me:secret@localhost

### an address with a path
$ fid mail probe smtp://localhost/inbox

### smtps without TLS
$ fid mail probe --tls none smtps://localhost

### nobody listens
$ fid mail send --from a@b --to b@c --via smtp://127.0.0.1:1

### nobody listens, as a record
$ fid mail probe --json 127.0.0.1:1

### a user without a password
$ fid mail send --from a@b --to b@c --via smtp://me@127.0.0.1:1 < /dev/null

### starttls is a word of fid connect
$ fid mail probe --starttls smtp localhost

### too many connections
$ fid mail send --from a@b --to b@c --via smtp://127.0.0.1:1 --parallel 1000
