# With what the client's side understands: a reset, or port unreachable from the service.
use test/conf/services.conf

in     wan  198.51.100.9:40000 > 192.0.2.82:80      tcp S
answer wan  192.0.2.82:80 > 198.51.100.9:40000      tcp RA
drop   SERVICE_NO_BACKEND
in     wan  198.51.100.9:40000 > 192.0.2.82:80      udp
answer wan  192.0.2.82 > 198.51.100.9               icmp 3/3
drop   SERVICE_NO_BACKEND
in     wan  [2001:db8:9::9]:40000 > [2001:db8:2::82]:80   tcp S
answer wan  [2001:db8:2::82]:80 > [2001:db8:9::9]:40000   tcp RA
drop   SERVICE_NO_BACKEND
in     wan  [2001:db8:9::9]:40000 > [2001:db8:2::82]:80   udp
answer wan  2001:db8:2::82 > 2001:db8:9::9                icmp6 1/4
drop   SERVICE_NO_BACKEND
known  0
