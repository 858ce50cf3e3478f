# SPDX-License-Identifier: MIT
### a password in the address
$ fid ftp ls ftp://me:secret@localhost/
2> fid ftp ls: a password on the command line is seen by every user: ftp://localhost
2>   hint: leave it out: --password-file FILE, FID_FTP_PASSWORD, ~/.netrc, or wait to be asked
= 2

### another protocol
$ fid ftp ls http://localhost/
2> fid ftp ls: not an FTP address: http://localhost/: http:// is another protocol
2>   hint: ftp:// or ftps://
= 2

### a line end in a path
$ fid ftp rm 'ftp://localhost/a%0d%0aDELE b'
2> fid ftp rm: cannot be asked for by FTP: a\r\nDELE b: a line end or NUL would begin another command
= 2

### a percent sign alone
$ fid ftp cat ftp://localhost/100%
2> fid ftp cat: not an FTP address: ftp://localhost/100%: a % is not followed by two hexadecimal digits
2>   hint: a % itself is written %25
= 2

### no verb
$ fid ftp
2> fid ftp: missing verb
2>   hint: see 'fid ftp --help'
= 2

### a verb that is none
$ fid ftp lss ftp://localhost/
2> fid ftp: unknown command 'lss'
2>   hint: did you mean 'ls'?
= 2

### put without an address
$ fid ftp put README.md
2> fid ftp put: put wants FILE... URL
2>   hint: the address stands last
= 2

### mirror without an address
$ fid ftp mirror a b
2> fid ftp mirror: mirror wants URL DIR, or DIR URL
2>   hint: the address with its ftp://
= 2

### mirror from a server to a server
$ fid ftp mirror ftp://a/ ftp://b/
2> fid ftp mirror: mirror wants URL DIR, or DIR URL
2>   hint: the address with its ftp://
= 2

### mirror of a pattern
$ fid ftp mirror 'ftp://a/*.iso' b
2> fid ftp mirror: a directory is mirrored, not ftp://a/*.iso
2>   hint: --include picks files
= 2

### active through a proxy
$ fid ftp ls --active --proxy socks5://localhost ftp://a/
2> fid ftp ls: --active does not go with --proxy: the server would connect to the proxy
= 2

### starttls is a word of fid connect
$ fid ftp ls --starttls ftp ftp://a/
2> fid ftp ls: --starttls is not for FTP
2>   hint: --tls required asks for AUTH TLS
= 2

### nobody listens
$ fid ftp ls ftp://127.0.0.1:1/
2> fid ftp ls: cannot connect to 127.0.0.1:1: connection refused
= 7

### nobody listens, as a record
$ fid ftp get --json ftp://127.0.0.1:1/a ftp://127.0.0.1:1/b
2> {"type":"error","command":"fid ftp get","status":7,"name":"cannot_connect","message":"cannot connect to 127.0.0.1:1: connection refused","hint":null}
= 7

### a user without a password
$ HOME=/nonexistent fid ftp ls ftp://me@127.0.0.1:1/ < /dev/null
2> fid ftp ls: there is no password for me at 127.0.0.1
2>   hint: --password-file FILE, FID_FTP_PASSWORD or ~/.netrc has it
= 67

### a password file that is not there
$ fid ftp ls --user me --password-file /nonexistent/secret ftp://127.0.0.1:1/
2> fid ftp ls: cannot read /nonexistent/secret: no such file or directory
= 26

### two servers for one rename
$ fid ftp mv ftp://a/x ftp://b/y
2> fid ftp mv: another server: ftp://b/y
2>   hint: mv renames at one server
= 2
