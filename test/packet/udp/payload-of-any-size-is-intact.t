# Odd and even sizes, none at all, the largest that fits.
use test/conf/egress.conf

in   pods 10.0.1.5:4000 > 198.51.100.9:5060 udp len 0
in   pods 10.0.1.5:4000 > 198.51.100.9:5060 udp len 1
in   pods 10.0.1.5:4000 > 198.51.100.9:5060 udp len 2
in   pods 10.0.1.5:4000 > 198.51.100.9:5060 udp len 17
in   pods 10.0.1.5:4000 > 198.51.100.9:5060 udp len 1471
in   pods 10.0.1.5:4000 > 198.51.100.9:5060 udp len 1472
out  wan  192.0.2.101:$a > 198.51.100.9:5060 udp
out  wan  192.0.2.101:$a > 198.51.100.9:5060 udp
out  wan  192.0.2.101:$a > 198.51.100.9:5060 udp
out  wan  192.0.2.101:$a > 198.51.100.9:5060 udp
out  wan  192.0.2.101:$a > 198.51.100.9:5060 udp
out  wan  192.0.2.101:$a > 198.51.100.9:5060 udp
in   pods [fd00:1::5]:4000 > [2001:db8:9::9]:5060 udp len 1452
out  wan  [2001:db8:2::101]:$b > [2001:db8:9::9]:5060 udp
