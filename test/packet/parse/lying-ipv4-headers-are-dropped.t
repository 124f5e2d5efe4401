# Version, header length and total length must agree with each other and the frame.
use test/conf/egress.conf

in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp S patch 14 44 resum
drop BAD_IP4_HEADER
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp S patch 14 55
drop BAD_IP4_HEADER
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp S patch 14 4f
drop BAD_IP4_HEADER
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp S patch 16 0013 resum
drop BAD_IP4_HEADER
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp S patch 16 0029 resum
drop BAD_IP4_HEADER
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp S patch 16 ffff resum
drop BAD_IP4_HEADER
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp S cut 21
drop SHORT_IP4
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp S cut 20
drop BAD_IP4_HEADER
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp S cut 1
drop BAD_IP4_HEADER
