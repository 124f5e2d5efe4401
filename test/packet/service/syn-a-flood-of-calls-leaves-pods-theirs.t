# What a flood of calls to a service holds half open does not count against connections that pods open.
use test/conf/services.conf half_open=4 syn_cookies="never"
workers 1

flows 4 from 50000 in wan 203.0.113.7:* > 192.0.2.81:7777 tcp S
each out pods 192.0.2.1:* > 10.0.1.5:7777 tcp S
in   wan  198.51.100.9:40003 > 192.0.2.81:7777 tcp S
drop HALF_OPEN_FULL
flows 4 from 4000 in pods 10.0.1.20:* > 198.51.100.9:443 tcp S
each out wan 10.0.1.20:* > 198.51.100.9:443 tcp S
in   pods 10.0.1.20:5000 > 198.51.100.9:443 tcp S
drop HALF_OPEN_FULL
