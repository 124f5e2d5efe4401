# To a service that has no such connection.
use test/conf/services.conf

in   wan  203.0.113.1 > 192.0.2.81 icmp 3/1 quote { 192.0.2.81:7777 > 198.51.100.9:40000 udp len 32 }
drop ICMP_NO_FLOW
in   wan  2001:db8:8::1 > 2001:db8:2::81 icmp6 1/0 quote { [2001:db8:2::81]:7777 > [2001:db8:9::9]:40000 udp len 32 }
drop ICMP_NO_FLOW
