# ARP and neighbour discovery are the kernel's, VLANs are not ours; what comes by anyway has a name.
use test/conf/egress.conf

in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp S ethtype 0806
drop NOT_IP
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp S ethtype 8100
drop NOT_IP
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp S ethtype 86dd
drop BAD_IP6_HEADER
in   pods [fd00:1::5]:4000 > [2001:db8:9::9]:443 tcp S ethtype 0800
drop BAD_IP4_HEADER
