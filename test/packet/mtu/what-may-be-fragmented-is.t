# IPv4 without DF: pieces of eight bytes' multiples, in order, that make the whole.
use test/conf/egress.conf mtu@2=1000

in   pods 10.0.1.5:4000 > 198.51.100.9:5060 udp len 1400 id 99
out  wan  192.0.2.101:$a > 198.51.100.9:5060 udp frag 99 0-976
out  wan  192.0.2.101:$a > 198.51.100.9:5060 udp frag 99 976-
in   pods 10.0.1.5:4000 > 198.51.100.9:5060 udp len 3000 id 100
out  wan  192.0.2.101:$a > 198.51.100.9:5060 udp frag 100 0-976
out  wan  192.0.2.101:$a > 198.51.100.9:5060 udp frag 100 976-1952
out  wan  192.0.2.101:$a > 198.51.100.9:5060 udp frag 100 1952-2928
out  wan  192.0.2.101:$a > 198.51.100.9:5060 udp frag 100 2928-
