# After three seconds the sender is told.
use test/conf/egress.conf

in   pods 10.0.1.9:4000 > 192.0.2.77:443 tcp S
nothing
wait 2990ms
nothing
wait 20ms
answer pods 10.0.1.1 > 10.0.1.9 icmp 3/1
drop NEIGHBOUR_UNKNOWN
in   pods [fd00:1::9]:4000 > [2001:db8:2::77]:443 tcp S
nothing
wait 3010ms
answer pods fd00:1::1 > fd00:1::9 icmp6 1/3
drop NEIGHBOUR_UNKNOWN
