# The quoted packet says whose connection an ICMP error is about.
use test/conf/egress.conf

in   wan 203.0.113.7 > 192.0.2.101 icmp 3/1 len 0
drop BAD_ICMP_INNER
in   wan 203.0.113.7 > 192.0.2.101 icmp 3/1 len 30
drop BAD_ICMP_INNER
in   wan 203.0.113.7 > 192.0.2.101 icmp 3/1 quote { 192.0.2.101:4000 > 198.51.100.9:53 udp } upto 23
drop BAD_ICMP_INNER
in   wan 203.0.113.7 > 192.0.2.101 icmp 3/1 quote { 192.0.2.101 > 198.51.100.9 icmp echo 1 1 } upto 27
drop BAD_ICMP_INNER
# About a later fragment: whose it was cannot be known.
in   wan 203.0.113.7 > 192.0.2.101 icmp 11/1 quote { 192.0.2.101:4000 > 198.51.100.9:53 udp len 100 frag 7 64- }
drop BAD_ICMP_INNER
in   wan 2001:db8:7::7 > 2001:db8:2::101 icmp6 1/0 len 39
drop BAD_ICMP_INNER
in   wan 2001:db8:7::7 > 2001:db8:2::101 icmp6 1/0 quote { [2001:db8:2::101]:4000 > [2001:db8:9::9]:53 udp dstopts } upto 44
drop BAD_ICMP_INNER
