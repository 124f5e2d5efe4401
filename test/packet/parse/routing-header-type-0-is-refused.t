# RFC 5095: it makes packets travel in circles. Other types are the destination's business.
use test/conf/egress.conf

in   pods [fd00:1::5]:4000 > [2001:db8:9::9]:443 tcp S routing 0
drop IP6_ROUTING_HEADER
in   pods [fd00:1::5]:4000 > [2001:db8:9::9]:443 tcp S dstopts routing 0
drop IP6_ROUTING_HEADER
in   pods [fd00:1::5]:4000 > [2001:db8:9::9]:443 tcp S routing 4
out  wan  [2001:db8:2::101]:$a > [2001:db8:9::9]:443 tcp S
