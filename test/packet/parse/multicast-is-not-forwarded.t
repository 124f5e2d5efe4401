# Nor is the limited broadcast.
use test/conf/egress.conf

in   pods 10.0.1.5:4000 > 224.0.0.251:5353 udp
drop MULTICAST
in   pods 10.0.1.5:4000 > 255.255.255.255:67 udp
drop MULTICAST
in   pods [fd00:1::5]:4000 > [ff02::fb]:5353 udp
drop MULTICAST
