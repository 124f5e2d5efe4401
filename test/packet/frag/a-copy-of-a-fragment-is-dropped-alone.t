# A network may double packets; the datagram goes on.
use test/conf/egress.conf

in   pods 10.0.1.5:4000 > 198.51.100.9:5060 udp len 1400 frag 7 800-
in   pods 10.0.1.5:4000 > 198.51.100.9:5060 udp len 1400 frag 7 800-
drop FRAGMENT_OVERLAP
in   pods 10.0.1.5:4000 > 198.51.100.9:5060 udp len 1400 frag 7 0-800
out  wan  192.0.2.101:$a > 198.51.100.9:5060 udp
out  wan  192.0.2.101:$a > 198.51.100.9:5060 udp frag 7 800-
