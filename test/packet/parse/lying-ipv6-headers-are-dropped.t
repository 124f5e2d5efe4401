# Version and payload length must agree with the frame.
use test/conf/egress.conf

in   pods [fd00:1::5]:4000 > [2001:db8:9::9]:443 tcp S cut 21
drop SHORT_IP6
in   pods [fd00:1::5]:4000 > [2001:db8:9::9]:443 tcp S patch 14 40
drop BAD_IP6_HEADER
in   pods [fd00:1::5]:4000 > [2001:db8:9::9]:443 tcp S patch 18 0015
drop BAD_IP6_HEADER
in   pods [fd00:1::5]:4000 > [2001:db8:9::9]:443 tcp S cut 1
drop BAD_IP6_HEADER
in   pods [fd00:1::5]:4000 > [2001:db8:9::9]:443 tcp S patch 18 0000
drop SHORT_L4
