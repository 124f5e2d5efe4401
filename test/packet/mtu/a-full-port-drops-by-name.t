# What the output ring does not take is lost, and has a name.
use test/conf/egress.conf
workers 1

in   pods 10.0.1.5:4000 > 198.51.100.9:5060 udp
out  wan  192.0.2.101:$a > 198.51.100.9:5060 udp
room wan 1
in   pods 10.0.1.5:4000 > 198.51.100.9:5060 udp
in   pods 10.0.1.5:4000 > 198.51.100.9:5060 udp
out  wan  192.0.2.101:$a > 198.51.100.9:5060 udp
drop TX_FULL
room wan all
room punt 0
in   pods 10.0.1.5:4000 > 192.0.2.1:5060 udp
drop PUNT_FULL
