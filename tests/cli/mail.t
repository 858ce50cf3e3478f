# SPDX-License-Identifier: MIT
### send to nobody
$ fid mail send
2> fid mail send: there is nobody to send to
2>   hint: --to ADDRESS
= 2

### sent by nobody
$ fid mail send --to b@example.org
2> fid mail send: there is nobody who sends it
2>   hint: --from ADDRESS
= 2

### no server
$ fid mail send --from a@example.org --to b@example.org
2> fid mail send: there is no server to hand it to
2>   hint: --via smtp://HOST, or --dry-run
= 2

### the message, as it would be sent
$ fid mail send --from 'Jörg <a@example.org>' --to b@example.org --cc 'Ann <c@example.org>' --bcc d@example.org --subject 'Grüße' --header 'Date: Mon, 01 Jan 2024 00:00:00 +0000' --header 'Message-ID: <1@example.org>' --text - --dry-run
< Hello,
< .
< with a dot above
From: =?utf-8?B?SsO2cmc=?= <a@example.org>
To: b@example.org
Cc: Ann <c@example.org>
Subject: =?utf-8?B?R3LDvMOfZQ==?=
Date: Mon, 01 Jan 2024 00:00:00 +0000
Message-ID: <1@example.org>
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 7bit

Hello,
.
with a dot above
= 0

### a line end in an address
$ fid mail send --from a@b --to "$(printf 'b@c>\r\nRCPT TO:<d@e')" --dry-run
2> fid mail send: not a mail address: b@c>\r\nRCPT TO:<d@e: a line end or NUL would begin another command
= 2

### a line end in a header
$ fid mail send --from a@b --to b@c --header "$(printf 'X: y\nBcc: d@e')" --dry-run
2> fid mail send: not a header field: X: a line end or NUL would begin another field
= 2

### Bcc as a header
$ fid mail send --from a@b --to b@c --header 'Bcc: d@e' --dry-run
2> fid mail send: everybody would see the field Bcc
2>   hint: --bcc ADDRESS is told to nobody
= 2

### a header that says how the parts are made
$ fid mail send --from a@b --to b@c --header 'Content-Type: text/html' --dry-run
2> fid mail send: how the parts are made is not to be set: Content-Type
= 2

### a file that is not there
$ fid mail send --from a@b --to b@c --attach /nonexistent --dry-run
2> fid mail send: cannot read /nonexistent: no such file or directory
= 26

### a text that is none
$ printf '\377' | fid mail send --from a@b --to b@c --text - --dry-run
2> fid mail send: the text is not UTF-8
2>   hint: --attach sends any bytes
= 3

### a message that is ready does not go with one to be made
$ fid mail send --from a@b --to b@c --eml README.md --subject x --dry-run
2> fid mail send: --eml does not go with --subject
2>   hint: the message stays as it is
= 2

### another protocol
$ fid mail send --from a@b --to b@c --via http://localhost
2> fid mail send: not a mail server: http://localhost: http is another protocol
2>   hint: smtp://HOST, smtps://HOST, lmtp://HOST or unix:PATH
= 2

### a password in the address
$ fid mail send --from a@b --to b@c --via smtp://me:secret@localhost
2> fid mail send: a password on the command line is seen by every user: smtp://localhost
2>   hint: leave it out: --password-file FILE, FID_MAIL_PASSWORD, ~/.netrc, or wait to be asked
= 2

### an address with a path
$ fid mail probe smtp://localhost/inbox
2> fid mail probe: not a mail server: smtp://localhost/inbox: a host and perhaps a port are all it has
= 2

### smtps without TLS
$ fid mail probe --tls none smtps://localhost
2> fid mail probe: --tls none does not go with smtps://
2>   hint: smtp:// is the one without
= 2

### nobody listens
$ fid mail send --from a@b --to b@c --via smtp://127.0.0.1:1
2> fid mail send: cannot connect to 127.0.0.1:1: connection refused
= 7

### nobody listens, as a record
$ fid mail probe --json 127.0.0.1:1
2> {"type":"error","command":"fid mail probe","status":7,"name":"cannot_connect","message":"cannot connect to 127.0.0.1:1: connection refused","hint":null}
= 7

### a user without a password
$ fid mail send --from a@b --to b@c --via smtp://me@127.0.0.1:1 < /dev/null
2> fid mail send: there is no password for me at 127.0.0.1
2>   hint: --password-file FILE, FID_MAIL_PASSWORD or ~/.netrc has it
= 67

### starttls is a word of fid connect
$ fid mail probe --starttls smtp localhost
2> fid mail probe: --starttls is not for mail
2>   hint: --tls required asks for it
= 2

### too many connections
$ fid mail send --from a@b --to b@c --via smtp://127.0.0.1:1 --parallel 1000
2> fid mail send: --parallel wants a whole number, not '1000'
2>   hint: allowed: 1 to 256
= 2

### a line end in our own name
$ fid mail probe --ehlo "$(printf 'x\r\nMAIL')" 127.0.0.1:1
2> fid mail probe: --ehlo wants a name, or an address in brackets, not 'x\r\nMAIL'
= 2
