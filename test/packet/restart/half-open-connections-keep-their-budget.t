# They are counted again.
use test/conf/egress.conf half_open=8
workers 1

flows 8 from 5000 in pods 10.0.1.6:* > 198.51.100.9:443 tcp S
each out wan 192.0.2.101:* > 198.51.100.9:443 tcp S
restart
in   pods 10.0.1.6:6000 > 198.51.100.9:443 tcp S
drop HALF_OPEN_FULL
