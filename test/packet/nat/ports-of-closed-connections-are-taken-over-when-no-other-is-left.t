# TIME-WAIT keeps a port from quick reuse, but not from any use (RFC 6191).
use test/conf/egress.conf port_first=40000 port_last=40019
workers 1

flows 19 from 4000 in pods 10.0.1.5:* > 198.51.100.9:443 tcp S
each out wan 192.0.2.101:* > 198.51.100.9:443 tcp S
in   pods 10.0.1.6:5000 > 198.51.100.9:443 tcp S
out  wan  192.0.2.101:$a > 198.51.100.9:443 tcp S
in   wan  198.51.100.9:443 > 192.0.2.101:$a tcp RA seq 0 ack 1001
out  pods 198.51.100.9:443 > 10.0.1.6:5000 tcp RA
known CLOSED 1
in   pods 10.0.1.7:6000 > 198.51.100.9:443 tcp S
out  wan  192.0.2.101:$b > 198.51.100.9:443 tcp S
event flow-close replaced
check $a == $b
known CLOSED 0
in   pods 10.0.1.7:6001 > 198.51.100.9:443 tcp S
answer pods 198.51.100.9:443 > 10.0.1.7:6001 tcp RA
drop NAT_PORTS_FULL
in   wan  198.51.100.9:443 > 192.0.2.101:$b tcp SA
out  pods 198.51.100.9:443 > 10.0.1.7:6000 tcp SA
