# TTL or hop limit of one ends here, in both directions; the sender is told by the address it knows.
use test/conf/egress.conf

in   pods 10.0.1.5:4000 > 198.51.100.9:33434 udp ttl 1
answer pods 10.0.1.1 > 10.0.1.5 icmp 11/0
drop TTL_EXCEEDED
in   pods 10.0.1.5:4000 > 198.51.100.9:33434 udp ttl 0
answer pods 10.0.1.1 > 10.0.1.5 icmp 11/0
drop TTL_EXCEEDED
in   pods 10.0.1.5:4000 > 198.51.100.9:33434 udp ttl 2
out  wan  192.0.2.101:$a > 198.51.100.9:33434 udp
in   wan  198.51.100.9:33434 > 192.0.2.101:$a udp ttl 1
answer wan 192.0.2.1 > 198.51.100.9 icmp 11/0
drop TTL_EXCEEDED
in   pods [fd00:1::5]:4000 > [2001:db8:9::9]:33434 udp ttl 1
answer pods fd00:1::1 > fd00:1::5 icmp6 3/0
drop TTL_EXCEEDED
in   pods 10.0.1.5 > 198.51.100.9 icmp echo 7 1 ttl 1
answer pods 10.0.1.1 > 10.0.1.5 icmp 11/0
drop TTL_EXCEEDED
