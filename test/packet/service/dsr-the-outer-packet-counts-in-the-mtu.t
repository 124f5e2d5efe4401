# 20 bytes over IPv4, 40 over IPv6. What may be fragmented is so before it is wrapped.
use test/conf/services.conf mode="dsr" dispatch="ipip"

in   wan  198.51.100.9:40000 > 192.0.2.81:7777 udp len 1453 df
answer wan 192.0.2.1 > 198.51.100.9 icmp 3/4 mtu 1480
drop TOO_BIG
in   wan  198.51.100.9:40000 > 192.0.2.81:7777 udp len 1452 df
out  pods 10.0.1.1 > 10.0.1.5 proto 4 ttl 64 quote { 198.51.100.9:40000 > 192.0.2.81:7777 udp len 1452 df ttl 63 }
in   wan  198.51.100.9:40000 > 192.0.2.81:7777 udp len 1472 id 5
out  pods 10.0.1.1 > 10.0.1.5 proto 4 ttl 64 id $i quote { 198.51.100.9:40000 > 192.0.2.81:7777 udp len 1472 frag 5 0-1456 ttl 63 }
out  pods 10.0.1.1 > 10.0.1.5 proto 4 ttl 64 id $j quote { 198.51.100.9:40000 > 192.0.2.81:7777 udp len 1472 frag 5 1456- ttl 63 }
in   wan  [2001:db8:9::9]:40000 > [2001:db8:2::81]:7777 udp len 1413
answer wan 2001:db8:2::1 > 2001:db8:9::9 icmp6 2/0 mtu 1460
drop TOO_BIG
