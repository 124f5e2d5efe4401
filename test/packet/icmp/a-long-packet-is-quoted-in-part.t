# 576 bytes in all over IPv4 (RFC 1812), 1280 over IPv6 (RFC 4443).
use test/conf/egress.conf

in   pods 10.0.1.5:4000 > 198.51.100.9:33434 udp ttl 1 len 1400
answer pods 10.0.1.1 > 10.0.1.5 icmp 11/0 upto 548
drop TTL_EXCEEDED
in   pods [fd00:1::5]:4000 > [2001:db8:9::9]:33434 udp ttl 1 len 1400
answer pods fd00:1::1 > fd00:1::5 icmp6 3/0 upto 1232
drop TTL_EXCEEDED
