# One wrong bit in the header, and nobody knows whose packet it is.
use test/conf/egress.conf

in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp S patch 24 0000
drop BAD_IP4_CHECKSUM
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp S patch 22 3f
drop BAD_IP4_CHECKSUM
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp S options 01010101 patch 34 02
drop BAD_IP4_CHECKSUM
