# Path MTU discovery (RFC 1191, RFC 8201): the sender learns the size, and the packet that fits passes.
use test/conf/egress.conf mtu@2=1400

in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp S df
out  wan  192.0.2.101:$a > 198.51.100.9:443 tcp S
in   pods 10.0.1.5:4000 > 198.51.100.9:5060 udp len 1373 df
answer pods 10.0.1.1 > 10.0.1.5 icmp 3/4 mtu 1400
drop TOO_BIG
in   pods 10.0.1.5:4000 > 198.51.100.9:5060 udp len 1372 df
out  wan  192.0.2.101:$b > 198.51.100.9:5060 udp
in   pods [fd00:1::5]:4000 > [2001:db8:9::9]:5060 udp len 1353
answer pods fd00:1::1 > fd00:1::5 icmp6 2/0 mtu 1400
drop TOO_BIG
in   pods [fd00:1::5]:4000 > [2001:db8:9::9]:5060 udp len 1352
out  wan  [2001:db8:2::101]:$c > [2001:db8:9::9]:5060 udp
