# Judged again, a connection goes where it went: its backend stands in none of its addresses.
use test/conf/services.conf mode="dsr" dispatch="ipip"

in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp S df
out  pods 10.0.1.1 > 10.0.1.5 proto 4 ttl 64 quote { 198.51.100.9:40000 > 192.0.2.81:7777 tcp S df ttl 63 }
in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp A df
out  pods 10.0.1.1 > 10.0.1.5 proto 4 ttl 64 quote { 198.51.100.9:40000 > 192.0.2.81:7777 tcp A df ttl 63 }
route add 203.0.113.0/24 port wan via 192.0.2.254
in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp A df
out  pods 10.0.1.1 > 10.0.1.5 proto 4 ttl 64 quote { 198.51.100.9:40000 > 192.0.2.81:7777 tcp A df ttl 63 }
known ESTABLISHED 1
in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp R df seq 1002
out  pods 10.0.1.1 > 10.0.1.5 proto 4 ttl 64 quote { 198.51.100.9:40000 > 192.0.2.81:7777 tcp R df ttl 63 seq 1002 }
known ESTABLISHED 1
in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp R df seq 1001
out  pods 10.0.1.1 > 10.0.1.5 proto 4 ttl 64 quote { 198.51.100.9:40000 > 192.0.2.81:7777 tcp R df ttl 63 seq 1001 }
known CLOSED 1
