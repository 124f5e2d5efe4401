# Whoever says that hardly anything fits makes it up: the client hears it, but packets are not cut to crumbs for him.
use test/conf/services.conf mode="dsr"

in   wan  198.51.100.9:40000 > 192.0.2.81:7777 udp len 1400
out  pods 198.51.100.9:40000 > 10.0.1.5:7777   udp options 9a08611e510200c0
in   pods 10.0.9.9 > 198.51.100.9 icmp 3/4 mtu 68 quote { 198.51.100.9:40000 > 10.0.1.5:7777 udp len 1400 ttl 62 options 9a08611e510200c0 } upto 44
drop MTU_LEARNT
in   wan  198.51.100.9:40000 > 192.0.2.81:7777 udp len 540 id 4
out  pods 198.51.100.9:40000 > 10.0.1.5:7777   udp options 9a08611e510200c0
in   wan  198.51.100.9:40000 > 192.0.2.81:7777 udp len 560 id 5
out  pods 198.51.100.9:40000 > 10.0.1.5:7777   udp options 9a08611e510200c0 frag 5 0-544
out  pods 198.51.100.9:40000 > 10.0.1.5:7777   udp options 9a08611e510200c0 frag 5 544-
