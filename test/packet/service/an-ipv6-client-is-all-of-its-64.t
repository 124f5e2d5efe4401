# To the rate of its connections, as one worker sees it: who has a /64 has all its addresses.
use test/conf/services.conf
workers 1
objects + pools.yaml

in     wan  [2001:db8:9::9]:4000 > [2001:db8:2::92]:80    udp
out    pods [2001:db8:2::1]:$f > [fd00:1::5]:8080         udp
in     wan  [2001:db8:9::a]:4000 > [2001:db8:2::92]:80    udp
out    pods [2001:db8:2::1]:$g > [fd00:1::5]:8080         udp
in     wan  [2001:db8:9::b]:4000 > [2001:db8:2::92]:80    udp
out    pods [2001:db8:2::1]:$h > [fd00:1::5]:8080         udp
in     wan  [2001:db8:9::c]:4000 > [2001:db8:2::92]:80    udp
drop   SERVICE_SOURCE_RATE
in     wan  [2001:db8:9:1::c]:4000 > [2001:db8:2::92]:80  udp
out    pods [2001:db8:2::1]:$i > [fd00:1::5]:8080         udp
