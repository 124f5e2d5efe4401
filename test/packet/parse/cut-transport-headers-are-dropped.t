# The IP header says where the packet ends, and the transport header does not fit in.
use test/conf/egress.conf

in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp S cut 1 patch 16 0027 resum
drop SHORT_L4
in   pods 10.0.1.5:4000 > 198.51.100.9:443 udp len 0 cut 1 patch 16 001b resum
drop SHORT_L4
in   pods 10.0.1.5:4000 > 198.51.100.9:443 sctp len 0 cut 1 patch 16 001f resum
drop SHORT_L4
in   pods 10.0.1.5 > 198.51.100.9 icmp echo 1 1 len 0 cut 1 patch 16 001b resum
drop SHORT_ICMP
in   pods [fd00:1::5]:4000 > [2001:db8:9::9]:443 tcp S cut 1 patch 18 0013
drop SHORT_L4
in   pods [fd00:1::5]:4000 > [2001:db8:9::9]:443 udp len 0 cut 1 patch 18 0007
drop SHORT_L4
in   pods fd00:1::5 > 2001:db8:9::9 icmp6 echo 1 1 len 0 cut 1 patch 18 0007
drop SHORT_ICMP
