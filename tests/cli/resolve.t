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
