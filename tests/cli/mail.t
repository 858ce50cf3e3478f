# SPDX-License-Identifier: MIT
### send to nobody
$ fid mail send
2> fid mail send: there is nobody to send to
2>   hint: --to ADDRESS
= 2
