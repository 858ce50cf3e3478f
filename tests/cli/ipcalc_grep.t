# SPDX-License-Identifier: MIT
### grep
$ fid ipcalc grep 10.0.0.0/8
< a 10.1.2.3 b
< nothing 1.2.3.4.5 v10.0.0.1
< {"ip":"2001:db8::7","x":"10.9.9.9:80"}
< url http://[2001:DB8::1]:80/ 11.0.0.1
a 10.1.2.3 b
{"ip":"2001:db8::7","x":"10.9.9.9:80"}
= 0

### grep ipv6 in any spelling
$ fid ipcalc grep -n 2001:db8::/32
< a 10.1.2.3 b
< nothing 1.2.3.4.5 v10.0.0.1
< {"ip":"2001:db8::7","x":"10.9.9.9:80"}
< url http://[2001:DB8::1]:80/ 11.0.0.1
3:{"ip":"2001:db8::7","x":"10.9.9.9:80"}
4:url http://[2001:DB8::1]:80/ 11.0.0.1
= 0

### grep -o
$ fid ipcalc grep -o '10.0.0.0/8 + 2001:db8::/32'
< a 10.1.2.3 b
< nothing 1.2.3.4.5 v10.0.0.1
< {"ip":"2001:db8::7","x":"10.9.9.9:80"}
< url http://[2001:DB8::1]:80/ 11.0.0.1
10.1.2.3
2001:db8::7
10.9.9.9
= 0

### grep -v
$ fid ipcalc grep -vn 10.0.0.0/8
< a 10.1.2.3 b
< nothing 1.2.3.4.5 v10.0.0.1
< {"ip":"2001:db8::7","x":"10.9.9.9:80"}
< url http://[2001:DB8::1]:80/ 11.0.0.1
2:nothing 1.2.3.4.5 v10.0.0.1
4:url http://[2001:DB8::1]:80/ 11.0.0.1
= 0

### grep -c
$ fid ipcalc grep -c 10.0.0.0/8
< a 10.1.2.3 b
< nothing 1.2.3.4.5 v10.0.0.1
< {"ip":"2001:db8::7","x":"10.9.9.9:80"}
< url http://[2001:DB8::1]:80/ 11.0.0.1
2
= 0

### grep -vc
$ fid ipcalc grep -v --count 10.0.0.0/8
< a 10.1.2.3 b
< nothing 1.2.3.4.5 v10.0.0.1
< {"ip":"2001:db8::7","x":"10.9.9.9:80"}
< url http://[2001:DB8::1]:80/ 11.0.0.1
2
= 0

### grep none
$ fid ipcalc grep 12.0.0.0/8
< a 10.1.2.3 b
< nothing 1.2.3.4.5 v10.0.0.1
< {"ip":"2001:db8::7","x":"10.9.9.9:80"}
< url http://[2001:DB8::1]:80/ 11.0.0.1
= 1

### grep quietly
$ fid ipcalc grep -q 10.0.0.0/8
< a 10.1.2.3 b
< nothing 1.2.3.4.5 v10.0.0.1
< {"ip":"2001:db8::7","x":"10.9.9.9:80"}
< url http://[2001:DB8::1]:80/ 11.0.0.1
= 0

### grep -m
$ fid ipcalc grep -m 1 10.0.0.0/8
< a 10.1.2.3 b
< nothing 1.2.3.4.5 v10.0.0.1
< {"ip":"2001:db8::7","x":"10.9.9.9:80"}
< url http://[2001:DB8::1]:80/ 11.0.0.1
a 10.1.2.3 b
= 0

### grep with an expression
$ fid ipcalc grep -n '0.0.0.0/0 - 10.0.0.0/8'
< a 10.1.2.3 b
< nothing 1.2.3.4.5 v10.0.0.1
< {"ip":"2001:db8::7","x":"10.9.9.9:80"}
< url http://[2001:DB8::1]:80/ 11.0.0.1
4:url http://[2001:DB8::1]:80/ 11.0.0.1
= 0

### grep files
$ printf '10.0.0.1' > a; printf '10.0.0.2\nx\n' > b; fid ipcalc grep -n 10.0.0.0/8 a b
a:1:10.0.0.1
b:1:10.0.0.2
= 0

### grep one file with its name
$ printf '10.0.0.1\n' > a; fid ipcalc grep -H 10.0.0.0/8 a
a:10.0.0.1
= 0

### grep a missing file
$ printf '10.0.0.1\n' > a; fid ipcalc grep --no-filename 10.0.0.0/8 a b
10.0.0.1
2> fid ipcalc grep: cannot read b: no such file or directory
= 2

### grep json
$ fid ipcalc grep --json 10.0.0.0/8
< a 10.1.2.3 b
< nothing 1.2.3.4.5 v10.0.0.1
< {"ip":"2001:db8::7","x":"10.9.9.9:80"}
< url http://[2001:DB8::1]:80/ 11.0.0.1
{"type":"match","file":"-","line":1,"text":"a 10.1.2.3 b","match":"10.1.2.3"}
{"type":"match","file":"-","line":3,"text":"{\"ip\":\"2001:db8::7\",\"x\":\"10.9.9.9:80\"}","match":"10.9.9.9"}
= 0

### grep counts as json
$ fid ipcalc grep -c --json 10.0.0.0/8
< a 10.1.2.3 b
< nothing 1.2.3.4.5 v10.0.0.1
< {"ip":"2001:db8::7","x":"10.9.9.9:80"}
< url http://[2001:DB8::1]:80/ 11.0.0.1
{"type":"tally","file":"-","lines":2}
= 0

### grep -v and -o
$ fid ipcalc grep -v -o ::1
< a 10.1.2.3 b
< nothing 1.2.3.4.5 v10.0.0.1
< {"ip":"2001:db8::7","x":"10.9.9.9:80"}
< url http://[2001:DB8::1]:80/ 11.0.0.1
2> fid ipcalc grep: cannot combine -v and -o: lines without a match have nothing to show of it
= 2

### grep a range in the text
$ fid ipcalc grep -o 10.0.0.0/24
< 10.0.0.1-10.0.0.9 in
< 10.0.0.1-10.0.1.9 out
10.0.0.1-10.0.0.9
= 0

