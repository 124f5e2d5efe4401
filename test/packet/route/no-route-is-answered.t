# Unreachable and prohibited as the routing table says; a black hole says nothing.
use test/conf/egress.conf

in   pods 10.0.1.9:4000 > 10.8.0.1:443 tcp S
answer pods 10.0.1.1 > 10.0.1.9 icmp 3/0
drop NO_ROUTE
in   pods 10.0.1.9:4000 > 10.7.0.1:443 tcp S
answer pods 10.0.1.1 > 10.0.1.9 icmp 3/13
drop ROUTE_PROHIBIT
in   pods 10.0.1.9:4000 > 10.9.0.1:443 tcp S
drop NO_ROUTE
in   pods [fd00:1::9]:4000 > [fd08::1]:443 tcp S
answer pods fd00:1::1 > fd00:1::9 icmp6 1/0
drop NO_ROUTE
in   pods [fd00:1::9]:4000 > [fd07::1]:443 tcp S
answer pods fd00:1::1 > fd00:1::9 icmp6 1/1
drop ROUTE_PROHIBIT
in   pods [fd00:1::9]:4000 > [fd09::1]:443 tcp S
drop NO_ROUTE
route del 0.0.0.0/0
in   pods 10.0.1.9:4000 > 198.51.100.9:443 tcp S
answer pods 10.0.1.1 > 10.0.1.9 icmp 3/0
drop NO_ROUTE
