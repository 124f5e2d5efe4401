# RFC 1122 section 3.2.1.3 and RFC 4291.
use test/conf/egress.conf

in   pods 127.0.0.1:4000 > 198.51.100.9:443 tcp S
drop BAD_ADDRESS
in   pods 0.0.0.0:4000 > 198.51.100.9:443 tcp S
drop BAD_ADDRESS
in   pods 255.255.255.255:4000 > 198.51.100.9:443 tcp S
drop BAD_ADDRESS
in   pods 224.0.0.1:4000 > 198.51.100.9:443 tcp S
drop BAD_ADDRESS
in   pods 10.0.1.5:4000 > 127.0.0.1:443 tcp S
drop BAD_ADDRESS
in   pods 10.0.1.5:4000 > 0.0.0.0:443 tcp S
drop BAD_ADDRESS
in   pods 10.0.1.5:4000 > 240.0.0.1:443 tcp S
drop BAD_ADDRESS
in   pods [::1]:4000 > [2001:db8:9::9]:443 tcp S
drop BAD_ADDRESS
in   pods [::]:4000 > [2001:db8:9::9]:443 tcp S
drop BAD_ADDRESS
in   pods [ff02::1]:4000 > [2001:db8:9::9]:443 tcp S
drop BAD_ADDRESS
in   pods [fd00:1::5]:4000 > [::1]:443 tcp S
drop BAD_ADDRESS
# An IPv4-mapped address would be taken for an IPv4 one by every table.
in   pods [fd00:1::5]:4000 > [2001:db8:9::9]:443 tcp S patch 22 00000000000000000000ffff0a000105
drop BAD_ADDRESS
in   pods [fd00:1::5]:4000 > [2001:db8:9::9]:443 tcp S patch 38 00000000000000000000ffffc6336409
drop BAD_ADDRESS
