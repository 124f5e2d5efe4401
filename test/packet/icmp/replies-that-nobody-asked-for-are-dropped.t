# An echo reply opens nothing.
use test/conf/egress.conf

in   wan  198.51.100.9 > 10.0.1.9 icmp reply 7 1
drop NO_FLOW
in   wan  198.51.100.9 > 192.0.2.101 icmp reply 7 1
drop NO_FLOW
in   wan  2001:db8:9::9 > fd00:1::9 icmp6 reply 7 1
drop NO_FLOW
