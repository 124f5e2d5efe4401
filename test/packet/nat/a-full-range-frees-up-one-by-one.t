# A small range: what ends gives back exactly its own port.
use test/conf/egress.conf port_first=40000 port_last=40019
workers 1

flows 20 from 4000 in pods 10.0.1.5:* > 198.51.100.9:443 tcp S
each out wan 192.0.2.101:* > 198.51.100.9:443 tcp S
in   pods 10.0.1.6:7000 > 198.51.100.9:443 tcp S
answer pods 198.51.100.9:443 > 10.0.1.6:7000 tcp RA
drop NAT_PORTS_FULL
in   pods [fd00:1::5]:7000 > [2001:db8:9::9]:443 tcp S
out  wan  [2001:db8:2::101]:$c > [2001:db8:9::9]:443 tcp S
wait 29s
in   pods 10.0.1.6:7000 > 198.51.100.9:443 tcp S
answer pods 198.51.100.9:443 > 10.0.1.6:7000 tcp RA
drop NAT_PORTS_FULL
wait 2s
in   pods 10.0.1.6:7000 > 198.51.100.9:443 tcp S
out  wan  192.0.2.101:$a > 198.51.100.9:443 tcp S
in   pods 10.0.1.6:7001 > 198.51.100.9:443 tcp S
out  wan  192.0.2.101:$b > 198.51.100.9:443 tcp S
check $a != $b
check $a >= 40000
check $a <= 40019
