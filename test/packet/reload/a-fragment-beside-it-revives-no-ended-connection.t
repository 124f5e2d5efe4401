# What else a burst holds does not matter: an ended connection has ended, also within its burst.
use test/conf/egress.conf drain=0
workers 1

in   pods 10.0.1.5:4000 > 198.51.100.9:5060 udp
out  wan  192.0.2.101:$a > 198.51.100.9:5060 udp
wait 40s
known 0
objects egress.d/cluster.yaml moved.yaml
in   pods 10.0.1.5:4000 > 198.51.100.9:5060 udp
in   pods 10.0.1.9:1 > 10.9.0.1:9 udp len 2000 frag 9 0-1480
out  wan  192.0.2.150:$b > 198.51.100.9:5060 udp
drop NO_ROUTE
in   wan  198.51.100.9:5060 > 192.0.2.150:$b udp
out  pods 198.51.100.9:5060 > 10.0.1.5:4000 udp
# Two packets of a connection whose policy is gone: the first ends it, the second is another one's.
objects egress.d/cluster.yaml
in   pods 10.0.1.5:4000 > 198.51.100.9:5060 udp
in   pods 10.0.1.5:4000 > 198.51.100.9:5060 udp
in   pods 10.0.1.9:1 > 10.9.0.1:9 udp len 2000 frag 10 0-1480
answer pods 10.0.1.1 > 10.0.1.5 icmp 3/13
drop NAT_CHANGED
out  wan  10.0.1.5:4000 > 198.51.100.9:5060 udp
drop NO_ROUTE
