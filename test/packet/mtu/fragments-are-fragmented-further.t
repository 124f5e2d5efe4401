# A piece in the middle stays in the middle.
use test/conf/egress.conf mtu@2=1000

in   pods 10.0.1.5:4000 > 198.51.100.9:5060 udp len 2792 frag 99 0-1400
in   pods 10.0.1.5:4000 > 198.51.100.9:5060 udp len 2792 frag 99 1400-
out  wan  192.0.2.101:$a > 198.51.100.9:5060 udp frag 99 0-976
out  wan  192.0.2.101:$a > 198.51.100.9:5060 udp frag 99 976-1400
out  wan  192.0.2.101:$a > 198.51.100.9:5060 udp frag 99 1400-2376
out  wan  192.0.2.101:$a > 198.51.100.9:5060 udp frag 99 2376-
