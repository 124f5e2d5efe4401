# The data offset is at least five words and inside the packet.
use test/conf/egress.conf

in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp S patch 46 40
drop BAD_TCP_HEADER
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp S patch 46 60
drop BAD_TCP_HEADER
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp S len 4 patch 46 70
drop BAD_TCP_HEADER
