# No buffers for them: each is dropped by name.
use test/conf/egress.conf fragments=0

in   pods 10.0.1.5:4000 > 198.51.100.9:5060 udp len 1400 frag 7 0-400
drop FRAGMENT_LIMIT
in   pods 10.0.1.5:4000 > 198.51.100.9:5060 udp len 1400 frag 7 400-
drop FRAGMENT_LIMIT
