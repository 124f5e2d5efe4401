# As the kernel has it: ip route ... mtu.
use test/conf/egress.conf

route add 198.51.100.0/24 port wan via 192.0.2.254 mtu 1200
in   pods 10.0.1.5:4000 > 198.51.100.9:5060 udp len 1173 df
answer pods 10.0.1.1 > 10.0.1.5 icmp 3/4 mtu 1200
drop TOO_BIG
in   pods 10.0.1.5:4000 > 198.51.100.9:5060 udp len 1172 df
out  wan  192.0.2.101:$a > 198.51.100.9:5060 udp
in   pods 10.0.1.5:4000 > 203.0.113.9:5060 udp len 1472 df
out  wan  192.0.2.101:$b > 203.0.113.9:5060 udp
in   pods 10.0.1.5:4000 > 198.51.100.9:5060 udp len 1300 id 9
out  wan  192.0.2.101:$a > 198.51.100.9:5060 udp frag 9 0-1176
out  wan  192.0.2.101:$a > 198.51.100.9:5060 udp frag 9 1176-
