# Cut short, too long, too many, or hop-by-hop not in its place (RFC 8200 section 4.1).
use test/conf/egress.conf

in   pods [fd00:1::5]:4000 > [2001:db8:9::9]:443 tcp S dstopts hopopts
drop BAD_IP6_EXTENSION
in   pods [fd00:1::5]:4000 > [2001:db8:9::9]:443 tcp S dstopts patch 55 ff
drop BAD_IP6_EXTENSION
in   pods [fd00:1::5]:4000 > [2001:db8:9::9]:443 tcp S dstopts dstopts dstopts dstopts dstopts dstopts dstopts dstopts dstopts
drop BAD_IP6_EXTENSION
in   pods [fd00:1::5]:4000 > [2001:db8:9::9]:443 tcp S dstopts dstopts dstopts dstopts dstopts dstopts dstopts dstopts
out  wan  [2001:db8:2::101]:$a > [2001:db8:9::9]:443 tcp S
in   pods [fd00:1::5]:4000 > [2001:db8:9::9]:443 tcp S dstopts cut 24 patch 18 0004
drop BAD_IP6_EXTENSION
