# RFC 1122 section 3.2.2.
use test/conf/egress.conf

in   pods 10.0.1.5:4000 > 198.51.100.9:53 udp len 32
out  wan  192.0.2.101:$a > 198.51.100.9:53 udp
in   wan  203.0.113.1 > 192.0.2.101 icmp 3/1 ttl 1 quote { 192.0.2.101:$a > 198.51.100.9:53 udp len 32 }
drop TTL_EXCEEDED
