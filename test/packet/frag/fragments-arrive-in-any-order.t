# All 24 orders of four: each goes its way translated, none is lost, the whole datagram's checksum holds.
use test/conf/egress.conf

permute
in   pods 10.0.1.5:4000 > 198.51.100.9:5060 udp len 1400 frag 77 0-400
in   pods 10.0.1.5:4000 > 198.51.100.9:5060 udp len 1400 frag 77 400-800
in   pods 10.0.1.5:4000 > 198.51.100.9:5060 udp len 1400 frag 77 800-1200
in   pods 10.0.1.5:4000 > 198.51.100.9:5060 udp len 1400 frag 77 1200-
out  wan  192.0.2.101:$a > 198.51.100.9:5060 udp
out  wan  192.0.2.101:$a > 198.51.100.9:5060 udp
out  wan  192.0.2.101:$a > 198.51.100.9:5060 udp
out  wan  192.0.2.101:$a > 198.51.100.9:5060 udp
known 1
