### no name
$ fid resolve
2> fid resolve: no name to ask for
2>   hint: fid resolve NAME [TYPE] [@SERVER]
= 2

### a type is no name
$ fid resolve mx
2> fid resolve: no name to ask for
2>   hint: 'MX' is a type; a name is 'MX.'
= 2

### an unknown word
$ fid resolve example.com +shrot
2> fid resolve: unknown word '+shrot'
2>   hint: did you mean 'short'?
= 2

### an option that the list of names does not go with
$ fid resolve --bulk - --tcp
2> fid resolve: --tcp does not go with --bulk and --sweep
= 2

### an option of the list of names without one
$ fid resolve --window 10 example.com
2> fid resolve: --window belongs to --bulk and --sweep
= 2

### two ways of asking
$ fid resolve --trace --compare example.com
2> fid resolve: --trace does not go with --compare
= 2

### dig's word asks for the same
$ fid resolve +trace --all-ns example.com
2> fid resolve: --trace does not go with --all-ns
= 2

### the roots of no iteration
$ fid resolve --root @127.0.0.1 example.com
2> fid resolve: --root belongs to --trace and --all-ns
= 2

### times of nothing that is repeated
$ fid resolve --count 3 example.com
2> fid resolve: --count belongs to --watch
= 2

### TTLs where nothing is compared
$ fid resolve --with-ttl --trace example.com
2> fid resolve: --with-ttl belongs to --all-ns and --compare
= 2

### a layout that a table has no place for
$ fid resolve --time 5 --dig example.com
2> fid resolve: --dig does not go with --time
= 2

### one server is like itself
$ fid resolve --compare example.com @127.0.0.1:1
2> fid resolve: --compare wants two servers or more
2>   hint: name them: @A @B
= 2

### an interval of nothing
$ fid resolve --watch 0s example.com @127.0.0.1:1
2> fid resolve: --watch wants a time to wait between two questions
= 2

### no repetition
$ fid resolve --time 0 example.com @127.0.0.1:1
2> fid resolve: --time wants a whole number, not '0'
2>   hint: allowed: 1 to 1000000
= 2

### servers of zones speak no HTTPS
$ fid resolve --trace +https example.com
2> fid resolve: name servers of zones are asked over UDP or TCP
= 2

### a root server where none listens
$ fid resolve --trace --root @127.0.0.1:1 example.com
.	-	127.0.0.1:1	example.com.	A	-	connection refused
2> fid resolve: no server answers for .: 127.0.0.1:1: connection refused
= 7

### a file of root servers that is none
$ fid resolve --trace --root /dev/stdin example.com
< Permission is hereby granted, free of charge
2> fid resolve: not a file of root servers: line 1: a record is an owner, a TTL, a type and its data
= 3

### the chain of trust of what is not signed
$ fid resolve --validate example.com RRSIG
2> fid resolve: --validate does not go with RRSIG: signatures are not signed themselves
= 2

### the chain of trust in another class
$ fid resolve --validate version.bind TXT CH
2> fid resolve: --validate does not go with class CH
= 2

### an anchor for nothing
$ fid resolve --anchor root.key example.com
2> fid resolve: --anchor belongs to --validate
= 2

### the chain of trust in dig's layout
$ fid resolve --validate --dig example.com
2> fid resolve: --dig does not go with --validate
= 2

### an anchor that is no file
$ fid resolve --validate --anchor /nonexistent example.com
2> fid resolve: cannot read /nonexistent: no such file or directory
= 26

### anchors that are none
$ fid resolve --validate --anchor /dev/null example.com
2> fid resolve: no trust anchor in /dev/null
2>   hint: DS or DNSKEY records as a zone file has them
= 3

### a time that is none
$ fid resolve --validate --at yesterday example.com
2> fid resolve: --at wants a time, not 'yesterday'
2>   hint: like 2026-05-01T10:20:30Z
= 2

### a day that is none
$ fid resolve --validate --at 2026-02-30T00:00:00Z example.com
2> fid resolve: --at wants a time, not '2026-02-30T00:00:00Z'
2>   hint: like 2026-05-01T10:20:30Z
= 2

### an answer that cannot be had is neither secure nor bogus
$ fid resolve --validate --short example.com A @127.0.0.1:1
indeterminate
= 7
