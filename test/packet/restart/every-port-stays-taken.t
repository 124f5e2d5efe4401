# A full range is still full, and what ends gives its port back.
use test/conf/egress.conf port_first=40000 port_last=40019
workers 1

flows 20 from 4000 in pods 10.0.1.5:* > 198.51.100.9:443 udp
each out wan 192.0.2.101:* > 198.51.100.9:443 udp
restart
known 20
in   pods 10.0.1.6:7000 > 198.51.100.9:443 udp
answer pods 10.0.1.1 > 10.0.1.6 icmp 3/13
drop NAT_PORTS_FULL
wait 32s
known 0
in   pods 10.0.1.6:7000 > 198.51.100.9:443 udp
out  wan  192.0.2.101:$a > 198.51.100.9:443 udp
