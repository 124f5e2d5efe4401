# A pod may call what nobody outside may.
use test/conf/services.conf

in     pods 10.0.1.20:40000 > 10.96.0.81:7777      tcp S
out    pods 192.0.2.1:$a > 10.0.1.5:7777           tcp S
in     pods 10.0.1.5:7777 > 192.0.2.1:$a           tcp SA
out    pods 10.96.0.81:7777 > 10.0.1.20:40000      tcp SA
in     pods [fd00:1::20]:40000 > [fd00:96::81]:7777   udp
out    pods [2001:db8:2::1]:$b > [fd00:1::5]:7777     udp
in     wan  198.51.100.9:40000 > 10.96.0.81:7777   tcp S
drop   SERVICE_INSIDE_ONLY
in     wan  [2001:db8:9::9]:40000 > [fd00:96::81]:7777 udp
drop   SERVICE_INSIDE_ONLY
