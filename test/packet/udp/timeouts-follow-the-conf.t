# A change holds for connections that are there already.
use test/conf/egress.conf

in   pods 10.0.1.5:4000 > 198.51.100.9:5060 udp
out  wan  192.0.2.101:$a > 198.51.100.9:5060 udp
set  udp_oneway=100
wait 99s
known 1
wait 2s
known 0
