# Empty, not a multiple of eight with more to come, or beyond 65535 bytes (the ping of death).
use test/conf/egress.conf

in   pods 10.0.1.5:4000 > 198.51.100.9:5060 udp len 100 frag 7 0-20
drop BAD_FRAGMENT
in   pods 10.0.1.5:4000 > 198.51.100.9:5060 udp len 100 frag 7 48-48
drop BAD_FRAGMENT
in   pods 10.0.1.5 > 198.51.100.9 icmp echo 1 1 len 100 frag 7 8- patch 20 1fff resum
drop BAD_FRAGMENT
# The last byte is number 65528 of the payload: with a header it is one datagram too long.
in   pods 10.0.1.5 > 198.51.100.9 icmp echo 1 1 len 16 frag 7 8- patch 20 1ffd resum
drop BAD_FRAGMENT
in   pods [fd00:1::5]:4000 > [2001:db8:9::9]:5060 udp len 100 frag 7 0-20
drop BAD_FRAGMENT
in   pods [fd00:1::5]:4000 > [2001:db8:9::9]:5060 udp len 100 frag 7 48-48
drop BAD_FRAGMENT
# Two ends, and bytes behind the end.
in   pods 10.0.1.5:4000 > 198.51.100.9:5060 udp len 300 frag 9 104-
in   pods 10.0.1.5:4000 > 198.51.100.9:5060 udp len 500 frag 9 400-
drop BAD_FRAGMENT 2
in   pods 10.0.1.5:4000 > 198.51.100.9:5060 udp len 300 frag 10 104-
in   pods 10.0.1.5:4000 > 198.51.100.9:5060 udp len 700 frag 10 400-600
drop BAD_FRAGMENT 2
wait 600ms
