# Established connections follow the routing table; a new MAC address of the same next hop is used at once.
use test/conf/egress.conf

in   pods 10.0.1.5:4000 > 198.51.100.9:443 udp
out  wan  192.0.2.101:$a > 198.51.100.9:443 udp
neighbour add 192.0.2.254 wan 02:00:00:00:02:aa
in   pods 10.0.1.5:4000 > 198.51.100.9:443 udp
out  wan  192.0.2.101:$a > 198.51.100.9:443 udp
route add 198.51.100.0/24 port wan via 192.0.2.20
in   pods 10.0.1.5:4000 > 198.51.100.9:443 udp
out  wan  192.0.2.101:$a > 198.51.100.9:443 udp
route add 198.51.100.0/24 unreachable
in   pods 10.0.1.5:4000 > 198.51.100.9:443 udp
answer pods 10.0.1.1 > 10.0.1.5 icmp 3/0
drop NO_ROUTE
route del 198.51.100.0/24
in   pods 10.0.1.5:4000 > 198.51.100.9:443 udp
out  wan  192.0.2.101:$a > 198.51.100.9:443 udp
known 1
