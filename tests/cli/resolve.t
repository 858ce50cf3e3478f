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
