# No more than the conf allows, then silence; after a while they come again.
use test/conf/egress.conf rate=2 burst=2
workers 1

in   pods 10.0.1.5:4000 > 198.51.100.9:33434 udp ttl 1
in   pods 10.0.1.5:4000 > 198.51.100.9:33435 udp ttl 1
in   pods 10.0.1.5:4000 > 198.51.100.9:33436 udp ttl 1
answer pods 10.0.1.1 > 10.0.1.5 icmp 11/0
drop TTL_EXCEEDED
answer pods 10.0.1.1 > 10.0.1.5 icmp 11/0
drop TTL_EXCEEDED
drop TTL_EXCEEDED
wait 400ms
in   pods 10.0.1.5:4000 > 198.51.100.9:33437 udp ttl 1
drop TTL_EXCEEDED
wait 200ms
in   pods 10.0.1.5:4000 > 198.51.100.9:33437 udp ttl 1
answer pods 10.0.1.1 > 10.0.1.5 icmp 11/0
drop TTL_EXCEEDED
