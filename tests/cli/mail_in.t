# SPDX-License-Identifier: MIT
### a sink over another protocol
$ fid mail sink --listen http://127.0.0.1:1
2> fid mail sink: mail does not come over http://
2>   hint: smtp://ADDRESS:PORT, smtps://ADDRESS:PORT or unix:PATH
= 2

### a sink with a key alone
$ printf x > pw; fid mail sink --tls-key pw
2> fid mail sink: --tls-key belongs to --tls-cert
= 2

### a sink whose folder is a file
$ printf x > pw; fid mail sink --dir pw --listen unix:@fid-golden-0
2> fid mail sink: cannot open the folder pw: not a directory
= 23

### a sink of messages without size
$ fid mail sink --max-size 0
2> fid mail sink: --max-size is 1 at least
= 2

### no address of a mailbox
$ fid mail list mail.example
2> fid mail list: not the address of a mailbox: mail.example: it does not begin with imaps:// or imap://
2>   hint: imaps://USER@HOST/MAILBOX is one
= 2

### another protocol's
$ fid mail list http://mail.example/
2> fid mail list: not the address of a mailbox: http://mail.example/: it is another protocol's
2>   hint: imaps://USER@HOST/MAILBOX is one
= 2

### a password in the address
$ fid mail read imaps://me:secret@localhost/INBOX 1
2> fid mail read: a password on the command line is seen by every user: imaps://localhost
2>   hint: leave it out: --password-file FILE, FID_MAIL_PASSWORD, ~/.netrc, or wait to be asked
= 2

### no message is the zeroth
$ printf x > pw; fid mail read --user me --password-file pw imap://127.0.0.1:1/INBOX 0
2> fid mail read: the number of a message wants a whole number, not '0'
2>   hint: allowed: at least 1
= 2

### nobody logs in
$ HOME=/nonexistent fid mail list imaps://localhost:1/
2> fid mail list: nobody logs in at imaps://localhost:1
2>   hint: imaps://USER@HOST, --user NAME or ~/.netrc says who
= 2

### TLS and none
$ printf x > pw; fid mail list --tls none --user me --password-file pw imaps://localhost:1/
2> fid mail list: --tls none does not go with imaps://localhost:1
2>   hint: imap:// is without TLS
= 2

### a message by hand
$ fid mail sink --listen unix:@fid-golden-1 --max 1 --no-starttls >out 2>&1 & printf 'EHLO me\r\nMAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.org>\r\nRCPT TO:<c@example.org>\r\nDATA\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n\r\nworld\r\n.\r\nQUIT\r\n' | fid connect --retry 5 unix:@fid-golden-1; wait; cat out
220 localhost ESMTP fid
250-localhost
250-PIPELINING
250-8BITMIME
250-SMTPUTF8
250-ENHANCEDSTATUSCODES
250-AUTH PLAIN LOGIN CRAM-MD5
250 SIZE 67108864
250 2.1.0 ok
250 2.1.5 ok
250 2.1.5 ok
354 end with a dot on a line of its own
250 2.0.0 taken as message 1
221 2.0.0 goodbye
fid mail sink: listening on unix:@fid-golden-1
a@example.org	b@example.org, c@example.org	47	Grüße
fid mail sink: 1 message, 47 bytes, 1 connection
= 0
