# An ICMP error that comes in pieces hides what it quotes.
use test/conf/egress.conf

in   wan 203.0.113.1 > 192.0.2.101 icmp 3/1 quote { 192.0.2.101:4000 > 198.51.100.9:53 udp len 500 } frag 7 0-200
drop BAD_FRAGMENT
