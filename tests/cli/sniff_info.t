# fid sniff info on a capture that is part of the project. Run with tests/cli/run.py.

### what a capture is and holds
$ cd $SRC && fid sniff info tests/captures/first-look.pcapng
file              tests/captures/first-look.pcapng
format            pcapng, little endian, nanoseconds
link type         EN10MB, RAW
packets           40
file size         5468 bytes
data size         3699 bytes
average packet    92.5 bytes
first packet      2025-10-09T08:53:20.000350000Z
last packet       2025-10-09T08:53:20.150400000Z
duration          0.150050000 s
data rate         24651.8 bytes/s
                  197214.3 bits/s
packet rate       266.6 packets/s
time order        yes
hardware          make_first_look.py
application       fid tests
comment           a first look: one host joins, asks, fetches and leaves
packet comments   3
interface 0       eth0, the office network, Ethernet (1), snap length 262144, microseconds, 32 packets, 32 received, 0 dropped
interface 1       tun0, the tunnel, Raw IP (101), nanoseconds, 8 packets
name              198.51.100.80 www.example.com
name              192.0.2.1 router.example.com
= 0

### the same as JSON
$ cd $SRC && fid sniff info --json tests/captures/first-look.pcapng
{"type":"capture_info","file":"tests/captures/first-look.pcapng","format":"pcapng","compression":null,"byte_order":"little","time_digits":9,"link_types":["EN10MB","RAW"],"packets":40,"packets_cut":0,"file_bytes":5468,"uncompressed_bytes":5468,"wire_bytes":3699,"captured_bytes":3699,"first_time":"2025-10-09T08:53:20.000350000Z","last_time":"2025-10-09T08:53:20.150400000Z","duration_s":0.15005,"rate_bytes_per_s":24651.78273908697,"rate_bits_per_s":197214.26191269577,"rate_packets_per_s":266.5778073975342,"average_packet_bytes":92.475,"in_time_order":true,"sha256":null,"sha1":null,"sections":1,"hardware":"make_first_look.py","os":null,"application":"fid tests","comments":["a first look: one host joins, asks, fetches and leaves"],"packet_comments":3,"interfaces":[{"index":0,"section":0,"name":"eth0","description":"the office network","link_type":1,"link_name":"EN10MB","snap_bytes":262144,"fcs_bytes":0,"time_digits":6,"filter":null,"hardware":null,"os":null,"packets":32,"received":32,"dropped":0},{"index":1,"section":0,"name":"tun0","description":"the tunnel","link_type":101,"link_name":"RAW","snap_bytes":null,"fcs_bytes":0,"time_digits":9,"filter":null,"hardware":null,"os":null,"packets":8,"received":null,"dropped":null}],"names":[{"address":"198.51.100.80","name":"www.example.com"},{"address":"192.0.2.1","name":"router.example.com"}],"secrets":0,"custom_blocks":0,"unknown_blocks":0,"damaged_places":0,"damage":[]}
= 0

### chosen fields as CSV
$ cd $SRC && fid sniff info --csv --fields file,packets,format tests/captures/first-look.pcapng
file,packets,format
tests/captures/first-look.pcapng,40,pcapng
= 0

### digests of the file on request
$ cd $SRC && fid sniff info --hash tests/captures/first-look.pcapng | grep '^sha'
$ cd $SRC && sha256sum tests/captures/first-look.pcapng | cut -d' ' -f1; sha1sum tests/captures/first-look.pcapng | cut -d' ' -f1
sha-256           379e135c5a5c3f53477f7c407787186659ee4f516781bb271fa23a7b94142502
sha-1             3a65abf7459eecff4e1cf07a2d0557b1f6d32890
379e135c5a5c3f53477f7c407787186659ee4f516781bb271fa23a7b94142502
3a65abf7459eecff4e1cf07a2d0557b1f6d32890
= 0

### standard input
$ fid sniff info - < $SRC/tests/captures/first-look.pcapng | grep -E '^(file|packets|format)'
file              -
format            pcapng, little endian, nanoseconds
packets           40
file size         5468 bytes
= 0

### a compressed capture
$ python3 -c 'import gzip, sys; sys.stdout.buffer.write(gzip.compress(sys.stdin.buffer.read(), mtime=0))' < $SRC/tests/captures/first-look.pcapng > c.gz
$ fid sniff info c.gz | grep -E '^(file|packets|format|compression)  '
file              c.gz
format            pcapng, little endian, nanoseconds
compression       gzip
packets           40
= 0

### several captures
$ cp $SRC/tests/captures/first-look.pcapng a.pcapng; cp a.pcapng b.pcapng
$ fid sniff info a.pcapng b.pcapng | grep -E '^(file|packets)  '
file              a.pcapng
packets           40
file              b.pcapng
packets           40
= 0

### damage is reported and is the status
$ head -c 1500 $SRC/tests/captures/first-look.pcapng > cut.pcapng; fid sniff info cut.pcapng | tail -n 3
$ fid sniff info cut.pcapng > /dev/null
name              198.51.100.80 www.example.com
name              192.0.2.1 router.example.com
damage            at byte 1404, 96 bytes lost: the file ends inside a block
= 18

### a file that is no capture
$ echo 'dear diary' > diary; fid sniff info diary
2> fid sniff info: not a capture: diary: it begins like neither pcap nor pcapng
= 3

### a file that is missing
$ fid sniff info nowhere.pcap
2> fid sniff info: cannot read nowhere.pcap: no such file or directory
= 26

### no file named
$ fid sniff info
2> fid sniff info: missing FILE
2>   hint: see 'fid sniff info --help'
= 2
