# RFC 5722: whoever sends them wants two hosts to see two packets. What was held is dropped too, and what comes later.
use test/conf/egress.conf

in   pods 10.0.1.5:4000 > 198.51.100.9:5060 udp len 1400 frag 7 800-1200
in   pods 10.0.1.5:4000 > 198.51.100.9:5060 udp len 1400 frag 7 1000-
drop FRAGMENT_OVERLAP 2
in   pods 10.0.1.5:4000 > 198.51.100.9:5060 udp len 1400 frag 7 0-800
drop FRAGMENT_OVERLAP
in   pods [fd00:1::5]:4000 > [2001:db8:9::9]:5060 udp len 1400 frag 7 0-800
out  wan  [2001:db8:2::101]:$a > [2001:db8:9::9]:5060 udp
in   pods [fd00:1::5]:4000 > [2001:db8:9::9]:5060 udp len 1400 frag 7 792-
drop FRAGMENT_OVERLAP
in   pods [fd00:1::5]:4000 > [2001:db8:9::9]:5060 udp len 1400 frag 7 800-
drop FRAGMENT_OVERLAP
wait 600ms
