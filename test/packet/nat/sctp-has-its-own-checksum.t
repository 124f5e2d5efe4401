# CRC32c over the whole packet, computed again; ports are translated like those of TCP.
use test/conf/egress.conf

in   pods 10.0.1.5:4000 > 198.51.100.9:36412 sctp len 33 tag 7
out  wan  192.0.2.101:$a > 198.51.100.9:36412 sctp
in   pods 10.0.1.6:4000 > 198.51.100.9:36412 sctp len 0
out  wan  192.0.2.101:$b > 198.51.100.9:36412 sctp
check $a != $b
in   wan  198.51.100.9:36412 > 192.0.2.101:$a sctp len 100
out  pods 198.51.100.9:36412 > 10.0.1.5:4000 sctp
in   pods [fd00:1::5]:4000 > [2001:db8:9::9]:36412 sctp len 1
out  wan  [2001:db8:2::101]:$c > [2001:db8:9::9]:36412 sctp
wait 209s
known 3
wait 2s
known 0
