# RFC 6946: a fragment header and nothing missing.
use test/conf/egress.conf

in   pods [fd00:1::5]:4000 > [2001:db8:9::9]:5060 udp len 100 frag 77 0-
out  wan  [2001:db8:2::101]:$a > [2001:db8:9::9]:5060 udp
