# An address of services alone is nobody's else, and says so; it is not routed round and round.
use test/conf/services.conf

in     wan  198.51.100.9:40000 > 192.0.2.81:81      tcp S
answer wan  192.0.2.81:81 > 198.51.100.9:40000      tcp RA
drop   SERVICE_NO_PORT
in     wan  198.51.100.9:40000 > 192.0.2.81:81      udp
answer wan  192.0.2.81 > 198.51.100.9               icmp 3/3
drop   SERVICE_NO_PORT
in     wan  198.51.100.9 > 192.0.2.81               proto 47
answer wan  192.0.2.81 > 198.51.100.9               icmp 3/3
drop   SERVICE_NO_PORT
in     wan  [2001:db8:9::9]:40000 > [2001:db8:2::81]:81   udp
answer wan  2001:db8:2::81 > 2001:db8:9::9                icmp6 1/4
drop   SERVICE_NO_PORT
# A protocol of its own for every port
in     wan  198.51.100.9:40000 > 192.0.2.81:7777    sctp
answer wan  192.0.2.81 > 198.51.100.9               icmp 3/3
drop   SERVICE_NO_PORT
# Nobody is answered who is not where he says
in     wan  10.0.1.20:40000 > 192.0.2.81:81         tcp S
drop   INVALID_SOURCE
in     wan  198.51.100.9 > 192.0.2.81               icmp 13/0
drop   SERVICE_NO_PORT
