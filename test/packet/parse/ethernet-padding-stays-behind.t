# Short frames are padded to 60 bytes; what leaves is as long as its IP packet.
use test/conf/egress.conf

in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp S pad 6
out  wan  192.0.2.101:$a > 198.51.100.9:443 tcp S
in   pods [fd00:1::5]:4000 > [2001:db8:9::9]:443 tcp S pad 30
out  wan  [2001:db8:2::101]:$b > [2001:db8:9::9]:443 tcp S
