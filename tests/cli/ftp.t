# SPDX-License-Identifier: MIT
### a password in the address
$ fid ftp ls ftp://me:secret@localhost/

### another protocol
$ fid ftp ls http://localhost/

### a line end in a path
$ fid ftp rm 'ftp://localhost/a%0d%0aDELE b'

### a percent sign alone
$ fid ftp cat ftp://localhost/100%

### no verb
$ fid ftp

### a verb that is none
$ fid ftp lss ftp://localhost/

### put without an address
$ fid ftp put README.md

### mirror without an address
$ fid ftp mirror a b

### mirror from a server to a server
$ fid ftp mirror ftp://a/ ftp://b/

### mirror of a pattern
$ fid ftp mirror 'ftp://a/*.iso' b

### active through a proxy
$ fid ftp ls --active --proxy socks5://localhost ftp://a/

### starttls is a word of fid connect
$ fid ftp ls --starttls ftp ftp://a/

### nobody listens
$ fid ftp ls ftp://127.0.0.1:1/

### nobody listens, as a record
$ fid ftp get --json ftp://127.0.0.1:1/a ftp://127.0.0.1:1/b

### a user without a password
$ HOME=/nonexistent fid ftp ls ftp://me@127.0.0.1:1/ < /dev/null

### a password file that is not there
$ fid ftp ls --user me --password-file /nonexistent/secret ftp://127.0.0.1:1/

### two servers for one rename
$ fid ftp mv ftp://a/x ftp://b/y
