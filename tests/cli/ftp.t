# SPDX-License-Identifier: MIT
### a password in the address
$ fid ftp ls ftp://me:secret@localhost/
= 2

### another protocol
$ fid ftp ls http://localhost/
= 2

### a line end in a path
$ fid ftp rm 'ftp://localhost/a%0d%0aDELE b'
= 2

### a percent sign alone
$ fid ftp cat ftp://localhost/100%
= 2

### no verb
$ fid ftp
= 2

### a verb that is none
$ fid ftp lss ftp://localhost/
= 2

### put without an address
$ fid ftp put README.md
= 2

### mirror without an address
$ fid ftp mirror a b
= 2

### mirror from a server to a server
$ fid ftp mirror ftp://a/ ftp://b/
= 2

### mirror of a pattern
$ fid ftp mirror 'ftp://a/*.iso' b
= 2

### active through a proxy
$ fid ftp ls --active --proxy socks5://localhost ftp://a/
= 2

### starttls is a word of fid connect
$ fid ftp ls --starttls ftp ftp://a/
= 2

### nobody listens
$ fid ftp ls ftp://127.0.0.1:1/
= 2

### nobody listens, as a record
$ fid ftp get --json ftp://127.0.0.1:1/a ftp://127.0.0.1:1/b
= 2

### a user without a password
$ HOME=/nonexistent fid ftp ls ftp://me@127.0.0.1:1/ < /dev/null
= 2

### a password file that is not there
$ fid ftp ls --user me --password-file /nonexistent/secret ftp://127.0.0.1:1/
= 2

### two servers for one rename
$ fid ftp mv ftp://a/x ftp://b/y
= 2
