# As with IPv4, with the fragment header in between.
use test/conf/egress.conf

permute
in   pods [fd00:1::5]:4000 > [2001:db8:9::9]:5060 udp len 1400 frag 77 0-400
in   pods [fd00:1::5]:4000 > [2001:db8:9::9]:5060 udp len 1400 frag 77 400-800
in   pods [fd00:1::5]:4000 > [2001:db8:9::9]:5060 udp len 1400 frag 77 800-1200
in   pods [fd00:1::5]:4000 > [2001:db8:9::9]:5060 udp len 1400 frag 77 1200-
out  wan  [2001:db8:2::101]:$a > [2001:db8:9::9]:5060 udp
out  wan  [2001:db8:2::101]:$a > [2001:db8:9::9]:5060 udp
out  wan  [2001:db8:2::101]:$a > [2001:db8:9::9]:5060 udp
out  wan  [2001:db8:2::101]:$a > [2001:db8:9::9]:5060 udp
known 1
