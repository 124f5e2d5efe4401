# The packet inside still goes to the service; the outer one has its class, ECN and DF.
use test/conf/services.conf mode="dsr" dispatch="ipip"

in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp S df tos 0xba
out  pods 10.0.1.1 > 10.0.1.5 proto 4 ttl 64 quote { 198.51.100.9:40000 > 192.0.2.81:7777 tcp S df tos 0xba ttl 63 }
in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp A df
out  pods 10.0.1.1 > 10.0.1.5 proto 4 ttl 64 quote { 198.51.100.9:40000 > 192.0.2.81:7777 tcp A df ttl 63 }
known ESTABLISHED 1
in   wan  198.51.100.9:40000 > 192.0.2.81:7777 udp len 100
out  pods 10.0.1.1 > 10.0.1.5 proto 4 ttl 64 id $i quote { 198.51.100.9:40000 > 192.0.2.81:7777 udp len 100 ttl 63 }
in   wan  198.51.100.9:40000 > 192.0.2.81:7777 udp ttl 1
answer wan 192.0.2.1 > 198.51.100.9 icmp 11/0
drop TTL_EXCEEDED
