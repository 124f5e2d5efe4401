# ICMP over IPv6 and ICMPv6 over IPv4 mean nothing, and have no room for an identifier.
use test/conf/egress.conf

in   pods 10.0.1.5 > 198.51.100.9 proto 58
drop WRONG_ICMP
in   pods 10.0.1.5 > 198.51.100.9 proto 58 len 100
drop WRONG_ICMP
in   pods fd00:1::5 > 2001:db8:9::9 proto 1
drop WRONG_ICMP
known 0
