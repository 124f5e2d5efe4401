# The same as IPv4.
use test/conf/egress.conf

in   pods [fd00:1::5]:4000 > [2001:db8:9::9]:443 tcp S wscale 7
out  wan  [2001:db8:2::101]:$a > [2001:db8:9::9]:443 tcp S
in   wan  [2001:db8:9::9]:443 > [2001:db8:2::101]:$a tcp SA wscale 7
out  pods [2001:db8:9::9]:443 > [fd00:1::5]:4000 tcp SA
in   pods [fd00:1::5]:4000 > [2001:db8:9::9]:443 tcp A
out  wan  [2001:db8:2::101]:$a > [2001:db8:9::9]:443 tcp A
known ESTABLISHED 1
in   pods [fd00:1::5]:4000 > [2001:db8:9::9]:443 tcp R
out  wan  [2001:db8:2::101]:$a > [2001:db8:9::9]:443 tcp R
known CLOSED 1
