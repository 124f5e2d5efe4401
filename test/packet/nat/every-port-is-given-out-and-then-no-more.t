# The 64512th connection to one remote succeeds, the next is refused by name and told so; as soon as one ends
# there is room again. Another remote, another protocol and another egress address have ports of their own.
use test/conf/egress.conf flows=131072 rate=1000

flows 32256 from 1024 in pods 10.0.1.5:* > 198.51.100.9:443 udp
each out wan 192.0.2.101:* > 198.51.100.9:443 udp
flows 32256 from 1024 in pods 10.0.1.6:* > 198.51.100.9:443 udp
each out wan 192.0.2.101:* > 198.51.100.9:443 udp
known 64512
in   pods 10.0.1.7:7000 > 198.51.100.9:443 udp
answer pods 10.0.1.1 > 10.0.1.7 icmp 3/13
drop NAT_PORTS_FULL
in   pods 10.0.1.7:7000 > 198.51.100.9:444 udp
out  wan  192.0.2.101:$a > 198.51.100.9:444 udp
in   pods 10.0.1.7:7000 > 198.51.100.9:443 tcp S
out  wan  192.0.2.101:$b > 198.51.100.9:443 tcp S
in   pods 10.0.1.8:7000 > 198.51.100.9:443 udp
out  wan  $x:$c > 198.51.100.9:443 udp
wait 32s
known 0
in   pods 10.0.1.7:7000 > 198.51.100.9:443 udp
out  wan  192.0.2.101:$d > 198.51.100.9:443 udp
