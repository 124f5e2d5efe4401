# No flags, SYN with RST, SYN with FIN: scans, never connections.
use test/conf/egress.conf

in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp -
drop BAD_TCP_FLAGS
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp SR
drop BAD_TCP_FLAGS
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp SF
drop BAD_TCP_FLAGS
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp FSRPAU
drop BAD_TCP_FLAGS
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp PU
drop BAD_TCP_FLAGS
in   pods [fd00:1::5]:4000 > [2001:db8:9::9]:443 tcp SF
drop BAD_TCP_FLAGS
