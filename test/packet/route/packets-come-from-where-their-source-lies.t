# RFC 3704: a pod cannot speak as another network, nor the world as a pod; not in a known connection either.
use test/conf/egress.conf

in   pods 203.0.113.7:4000 > 198.51.100.9:443 tcp S
drop INVALID_SOURCE
in   wan  10.0.1.5:4000 > 198.51.100.9:443 tcp S
drop INVALID_SOURCE
in   wan  10.0.1.9:4000 > 10.0.1.5:443 udp
drop INVALID_SOURCE
in   pods [2001:db8:7::7]:4000 > [2001:db8:9::9]:443 tcp S
drop INVALID_SOURCE
in   pods 10.9.1.1:4000 > 198.51.100.9:443 tcp S
drop INVALID_SOURCE
in   pods 10.0.1.9:4000 > 198.51.100.9:443 udp
out  wan  10.0.1.9:4000 > 198.51.100.9:443 udp
in   wan  198.51.100.9:443 > 10.0.1.9:4000 udp
out  pods 198.51.100.9:443 > 10.0.1.9:4000 udp
in   wan  10.0.1.9:4000 > 198.51.100.9:443 udp
drop INVALID_SOURCE
