### no URL
$ fid fetch

### an option of curl's that is not here
$ fid fetch --next http://127.0.0.1:1/

### in a bundle, too
$ fid fetch -Q PWD http://127.0.0.1:1/

### nobody listens
$ fid fetch http://127.0.0.1:1/

### -s says nothing
$ fid fetch -s http://127.0.0.1:1/

### -sS says why
$ fid fetch -sS http://127.0.0.1:1/

### a URL of another kind
$ fid fetch ftp://127.0.0.1/

### a pattern that does not end
$ fid fetch http://127.0.0.1:1/[1-

### an unknown variable
$ fid fetch -w '%{http_cod}' http://127.0.0.1:1/

### variables after a failure
$ fid fetch -s -w '%{http_code} %{exitcode} %{num_connects}\n' http://127.0.0.1:1/

### more -o than URLs
$ fid fetch -o a -o b http://127.0.0.1:1/

### a URL without a file name
$ fid fetch -O http://127.0.0.1:1/

### -d and -F exclude each other
$ fid fetch -d a=1 -F b=2 http://127.0.0.1:1/

### a password cannot be asked for
$ fid fetch --no-input -u ann http://127.0.0.1:1/

### items make JSON
$ fid fetch --dry-run POST example.com/api name=Ann age:=30 list:='[1, 2]' q==1 q=='a b' X-Key:v

### items of a form
$ fid fetch --dry-run --form example.com 'name=Ann Lee' a\=b=c

### GET is the method without data
$ fid fetch --dry-run example.com/ q==1 Accept:text/html

### a header left out, and one that is empty
$ fid fetch --dry-run example.com/ Accept: 'X-Empty;'

### not JSON
$ fid fetch --dry-run example.com/ age:=thirty

### nested names are not there
$ fid fetch --dry-run example.com/ 'a[b]=1'

### curl's --json before a document
$ fid fetch --dry-run --json '{"a": 1}' http://example.com/

### curl's --json behind an equals sign, whatever it is
$ fid fetch --dry-run --json='{bad' http://example.com/

### the house's --json before a URL
$ fid fetch --json --fields url,status,error http://127.0.0.1:1/

### both of them
$ fid fetch --json --json '{"a": 1}' --fields url,method,error http://127.0.0.1:1/

### braces that are no JSON belong to a URL
$ fid fetch --json --fields url --silent 'http://127.0.0.1:1/{a,b}'

### https is shown as what goes through TLS
$ fid fetch --dry-run -u ann:secret -b c=1 -A me/1 https://example.com/x?y=1

### -G, encoded
$ fid fetch --dry-run -G --data-urlencode 'q=a b' example.com

### the command line of curl
$ fid fetch --as-curl POST example.com/x "name=it's" -o 'a b' -L

### of a form, a pattern and a login
$ fid fetch --as-curl -F f=@README.md -u ann --retry 2 -m 1.5 'http://127.0.0.1:1/[1-2]'

### several failures are one status
$ fid fetch -s http://127.0.0.1:1/ http://127.0.0.1:1/b

### different ones are 75
$ fid fetch -s http://127.0.0.1:1/ http://no.such.host.invalid/

### a file to send that is not there
$ fid fetch -T nosuchfile http://127.0.0.1:1/

### a part of a form that is not there
$ fid fetch -F a=@nosuchfile http://127.0.0.1:1/
