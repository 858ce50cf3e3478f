# The house: what every command shares. Run with tests/cli/run.py.

### version
$ fid --version
fid 0.1.0
= 0

### an unknown command is named and the nearest suggested
$ fid ipcacl 10.0.0.0/8
2> fid: unknown command 'ipcacl'
2>   hint: did you mean 'ipcalc'?
= 2

### an unknown option is named and the nearest suggested
$ fid ipcalc --jsno 10.0.0.0/8
2> fid ipcalc: unknown option '--jsno'
2>   hint: did you mean '--json'?
= 2

### options are not abbreviated
$ fid ipcalc --js 10.0.0.0/8
2> fid ipcalc: unknown option '--js'
2>   hint: did you mean '--json'?
= 2

### a choice is checked and the nearest suggested
$ fid --color alwyas ipcalc 10.0.0.0/8
2> fid ipcalc: --color cannot be 'alwyas'
2>   hint: did you mean 'always'?
= 2

### json and csv exclude each other
$ fid ipcalc 10.0.0.0/8 --json --csv 2>&1 | tail -n 2
{"type":"error","command":"fid ipcalc","status":2,"name":"usage","message":"--json and --csv exclude each other","hint":"give one of them"}
= 0

### usage errors are JSON too where JSON is asked for
$ fid ipcalc --json --bogus
2> {"type":"error","command":"fid ipcalc","status":2,"name":"usage","message":"unknown option '--bogus'","hint":"see 'fid ipcalc --help'"}
= 2

### an unknown field is refused with the list
$ fid ipcalc nth 10.0.0.0/8 1 --json --fields nosuch 2>&1 | grep -c "no field 'nosuch'"
1
= 0

### help wins over errors
$ fid ipcalc --bogus --help | head -n 1
fid ipcalc - calculate with addresses, prefixes and sets of them
= 0

### help of a verb by three spellings is the same
$ fid help ipcalc split > a; fid ipcalc split --help > b; fid --help ipcalc split > c
$ cmp a b && cmp b c && head -n 1 a | cut -d' ' -f1-3
fid ipcalc split
= 0

### the short help of every command fits a screen of 50 lines
$ for c in ipcalc sniff; do test $(fid $c -h | wc -l) -le 50 || echo "$c is too long"; done
= 0

### a closed pipe is a quiet success
$ (fid ipcalc hosts 10.0.0.0/8; echo "status $?" >&2) | head -n 1
10.0.0.1
2> status 0
= 0

### a full disk is status 23
$ fid ipcalc 10.0.0.1 > /dev/full
2> fid ipcalc: cannot write standard output: No space left on device
= 23

### completion offers commands, verbs, options and values
$ fid __complete sn; fid __complete ipcalc spl; fid __complete ipcalc --js; fid __complete ipcalc --color a
sniff	list the packets of captures
split	cut a prefix into subnets
--json	one JSON object per line
auto	
always	
= 0

### no colour in a pipe unless asked for
$ fid ipcalc 10.0.0.1 | grep -c "$(printf '\033')"
0
= 1

### NO_COLOR and --color
$ NO_COLOR=1 fid ipcalc 10.0.0.1 --color always | grep -q "$(printf '\033')" && CLICOLOR_FORCE=1 fid ipcalc 10.0.0.1 | grep -q "$(printf '\033')" && echo coloured
coloured
= 0

### a mistyped verb is named, with its options and without
$ fid ipcalc spilt 10.0.0.0/8 --into 2
2> fid ipcalc: unknown command 'spilt'
2>   hint: did you mean 'split'?
= 2

### a mistyped verb that reads as an address to look at
$ fid ipcalc mrege
2> fid ipcalc: not an IP address: mrege: 'm' is not a decimal digit
2>   hint: did you mean 'merge'?
= 3

### the fields named are the command's own, each once
$ fid ipcalc count 10.0.0.0/8 --fields nosuch
2> fid ipcalc count: no field 'nosuch'
2>   hint: the fields are: family entries ranges prefixes addresses
= 2

### a mistyped field
$ fid ipcalc count 10.0.0.0/8 --fields prefxes
2> fid ipcalc count: no field 'prefxes'
2>   hint: did you mean 'prefixes'?
= 2

### chosen fields as text are values with tabs between them
$ fid ipcalc count 10.0.0.0/8 --fields addresses,family
16777216	4
0	6
= 0

### a full disk ends endless output, with status 23
$ timeout 10 fid ipcalc hosts ::/0 > /dev/full
2> fid ipcalc hosts: cannot write standard output: No space left on device
= 23

### and so does split
$ timeout 10 fid ipcalc split ::/0 --prefix 64 > /dev/full
2> fid ipcalc split: cannot write standard output: No space left on device
= 23

### a closed pipe is a quiet success
$ fid ipcalc hosts ::/0 | head -n 1
::1
= 0

### a scheme that is not spoken is refused, not spoken to in the clear
$ fid connect http://127.0.0.1:1/
2> fid connect: cannot connect to http://127.0.0.1:1/: http is not spoken here
2>   hint: tcp, udp, tls, ws, wss and unix are
= 2
