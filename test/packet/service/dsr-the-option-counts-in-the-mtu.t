# 8 bytes over IPv4, 24 over IPv6: the client is told what fits with them.
use test/conf/services.conf mode="dsr"

in   wan  198.51.100.9:40000 > 192.0.2.81:7777 udp len 1465 df
answer wan 192.0.2.1 > 198.51.100.9 icmp 3/4 mtu 1492
drop TOO_BIG
in   wan  198.51.100.9:40000 > 192.0.2.81:7777 udp len 1464 df
out  pods 198.51.100.9:40000 > 10.0.1.5:7777   udp options 9a08611e510200c0
in   wan  [2001:db8:9::9]:40000 > [2001:db8:2::81]:7777 udp len 1429
answer wan 2001:db8:2::1 > 2001:db8:9::9 icmp6 2/0 mtu 1476
drop TOO_BIG
in   wan  [2001:db8:9::9]:40000 > [2001:db8:2::81]:7777 udp len 1428
out  pods [2001:db8:9::9]:40000 > [fd00:1::5]:7777      udp ext 60 021b1420010db80002000000000000000000811e610000

# Without DF: in pieces, the option on each.
in   wan  198.51.100.9:40000 > 192.0.2.81:7777 udp len 1470 id 9
out  pods 198.51.100.9:40000 > 10.0.1.5:7777   udp options 9a08611e510200c0 frag 9 0-1472
out  pods 198.51.100.9:40000 > 10.0.1.5:7777   udp options 9a08611e510200c0 frag 9 1472-

# TCP segments have none, so all of the link is theirs.
in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp S df
out  pods 198.51.100.9:40000 > 10.0.1.5:7777   tcp S options 9a08611e510200c0
in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp A df len 1460
out  pods 198.51.100.9:40000 > 10.0.1.5:7777   tcp A
