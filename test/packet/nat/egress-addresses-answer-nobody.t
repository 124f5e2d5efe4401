# What belongs to no connection and is not the gateway's own is dropped; a SYN from outside opens nothing.
use test/conf/egress.conf

in   wan  203.0.113.9:4000 > 192.0.2.101:443 tcp S
drop NO_FLOW
in   wan  203.0.113.9:4000 > 192.0.2.101:53 udp
drop NO_FLOW
in   wan  203.0.113.9 > 192.0.2.101 icmp echo 1 1
drop NO_FLOW
in   wan  203.0.113.9 > 192.0.2.101 proto 47
drop NO_FLOW
in   wan  [2001:db8:9::9]:4000 > [2001:db8:2::101]:443 tcp S
drop NO_FLOW
in   pods 10.0.1.5:4000 > 192.0.2.101:443 tcp S
drop NO_FLOW
