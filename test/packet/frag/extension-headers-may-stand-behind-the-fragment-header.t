# Only the first fragment shows the transport protocol; the later ones name the extension header (RFC 8200
# section 4.5).
use test/conf/egress.conf

in   pods [fd00:1::5]:4000 > [2001:db8:9::9]:5060 udp len 1400 frag 77 0-800 dstopts
in   pods [fd00:1::5]:4000 > [2001:db8:9::9]:5060 udp len 1400 frag 77 800- dstopts
out  wan  [2001:db8:2::101]:$a > [2001:db8:9::9]:5060 udp
out  wan  [2001:db8:2::101]:$a > [2001:db8:9::9]:5060 udp
in   pods [fd00:1::5]:4000 > [2001:db8:9::9]:5060 udp len 1400 hopopts frag 78 800- dstopts
in   pods [fd00:1::5]:4000 > [2001:db8:9::9]:5060 udp len 1400 hopopts frag 78 0-800 dstopts
out  wan  [2001:db8:2::101]:$a > [2001:db8:9::9]:5060 udp
out  wan  [2001:db8:2::101]:$a > [2001:db8:9::9]:5060 udp
