# They arrive cut, and a cut packet is not forwarded.
use test/conf/egress.conf

in   pods 10.0.1.5:4000 > 198.51.100.9:53 udp len 3900
drop FRAME_TOO_BIG
in   pods 10.0.1.5:4000 > 198.51.100.9:53 udp len 10
out  wan  192.0.2.101:$a > 198.51.100.9:53 udp
