# From outside, the last first.
use test/conf/egress.conf

in   pods 10.0.1.5:4000 > 198.51.100.9:5060 udp
out  wan  192.0.2.101:$a > 198.51.100.9:5060 udp
in   wan  198.51.100.9:5060 > 192.0.2.101:$a udp len 2000 frag 9 1480-
in   wan  198.51.100.9:5060 > 192.0.2.101:$a udp len 2000 frag 9 0-1480
out  pods 198.51.100.9:5060 > 10.0.1.5:4000 udp
out  pods 198.51.100.9:5060 > 10.0.1.5:4000 udp
