# Sixteen here; the next is dropped by name, and room comes back with time.
use test/conf/egress.conf
workers 1

in   pods 10.0.1.5:4000 > 198.51.100.9:5060 udp len 1400 frag 100 400-
in   pods 10.0.1.5:4000 > 198.51.100.9:5060 udp len 1400 frag 101 400-
in   pods 10.0.1.5:4000 > 198.51.100.9:5060 udp len 1400 frag 102 400-
in   pods 10.0.1.5:4000 > 198.51.100.9:5060 udp len 1400 frag 103 400-
in   pods 10.0.1.5:4000 > 198.51.100.9:5060 udp len 1400 frag 104 400-
in   pods 10.0.1.5:4000 > 198.51.100.9:5060 udp len 1400 frag 105 400-
in   pods 10.0.1.5:4000 > 198.51.100.9:5060 udp len 1400 frag 106 400-
in   pods 10.0.1.5:4000 > 198.51.100.9:5060 udp len 1400 frag 107 400-
in   pods 10.0.1.5:4000 > 198.51.100.9:5060 udp len 1400 frag 108 400-
in   pods 10.0.1.5:4000 > 198.51.100.9:5060 udp len 1400 frag 109 400-
in   pods 10.0.1.5:4000 > 198.51.100.9:5060 udp len 1400 frag 110 400-
in   pods 10.0.1.5:4000 > 198.51.100.9:5060 udp len 1400 frag 111 400-
in   pods 10.0.1.5:4000 > 198.51.100.9:5060 udp len 1400 frag 112 400-
in   pods 10.0.1.5:4000 > 198.51.100.9:5060 udp len 1400 frag 113 400-
in   pods 10.0.1.5:4000 > 198.51.100.9:5060 udp len 1400 frag 114 400-
in   pods 10.0.1.5:4000 > 198.51.100.9:5060 udp len 1400 frag 115 400-
nothing
in   pods 10.0.1.5:4000 > 198.51.100.9:5060 udp len 1400 frag 200 400-
drop FRAGMENT_LIMIT
wait 600ms
drop FRAGMENT_TIMEOUT 16
in   pods 10.0.1.5:4000 > 198.51.100.9:5060 udp len 1400 frag 200 400-
wait 600ms
drop FRAGMENT_TIMEOUT
