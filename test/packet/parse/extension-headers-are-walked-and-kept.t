# Hop-by-hop first, then what may come; the transport header behind them is found and translated.
use test/conf/egress.conf

in   pods [fd00:1::5]:4000 > [2001:db8:9::9]:443 tcp S hopopts
out  wan  [2001:db8:2::101]:$a > [2001:db8:9::9]:443 tcp S
in   pods [fd00:1::5]:4000 > [2001:db8:9::9]:443 tcp S hopopts dstopts routing 2 dstopts
out  wan  [2001:db8:2::101]:$a > [2001:db8:9::9]:443 tcp S
in   pods [fd00:1::5]:4000 > [2001:db8:9::9]:443 tcp S ext 51 0400000000000000000000000000000000000000000000
out  wan  [2001:db8:2::101]:$a > [2001:db8:9::9]:443 tcp S
