# Shorter than its header, or longer than the packet; over IPv6 a checksum must be there (RFC 8200 section 8.1).
use test/conf/egress.conf

in   pods 10.0.1.5:4000 > 198.51.100.9:443 udp patch 38 0007
drop BAD_UDP_LENGTH
in   pods 10.0.1.5:4000 > 198.51.100.9:443 udp patch 38 0011
drop BAD_UDP_LENGTH
in   pods [fd00:1::5]:4000 > [2001:db8:9::9]:443 udp patch 58 0007
drop BAD_UDP_LENGTH
in   pods [fd00:1::5]:4000 > [2001:db8:9::9]:443 udp nosum
drop UDP6_NO_CHECKSUM
