# The same as over IPv4.
use test/conf/services.conf

in     wan  [2001:db8:9::9]:40000 > [2001:db8:2::81]:7777   tcp S
out    pods [2001:db8:2::1]:$a > [fd00:1::5]:7777           tcp S
in     pods [fd00:1::5]:7777 > [2001:db8:2::1]:$a           tcp SA
out    wan  [2001:db8:2::81]:7777 > [2001:db8:9::9]:40000   tcp SA
in     wan  [2001:db8:9::9]:40000 > [2001:db8:2::81]:7777   tcp A
out    pods [2001:db8:2::1]:$a > [fd00:1::5]:7777           tcp A
in     wan  [2001:db8:9::9]:40000 > [2001:db8:2::81]:7777   tcp PA len 1000
out    pods [2001:db8:2::1]:$a > [fd00:1::5]:7777           tcp PA
known  ESTABLISHED 1
in     wan  [2001:db8:9::9]:4000 > [2001:db8:2::81]:7777    udp len 9
out    pods [2001:db8:2::1]:$u > [fd00:1::5]:7777           udp
in     pods [fd00:1::5]:7777 > [2001:db8:2::1]:$u           udp len 9
out    wan  [2001:db8:2::81]:7777 > [2001:db8:9::9]:4000    udp
