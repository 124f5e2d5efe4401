# 256 packets of a worker wait, no more.
use test/conf/egress.conf rate=0
workers 1

flows 256 from 4000 in pods 10.0.1.9:* > 192.0.2.77:443 udp
each nothing
flows 20 from 5000 in pods 10.0.1.9:* > 192.0.2.77:443 udp
each drop NEIGHBOUR_WAIT_FULL
wait 3010ms
drop NEIGHBOUR_UNKNOWN 256
