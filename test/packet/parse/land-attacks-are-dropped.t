# A packet from an address to itself makes old hosts talk to themselves.
use test/conf/egress.conf

in   pods 10.0.1.5:80 > 10.0.1.5:80 tcp S
drop SAME_ADDRESS
in   pods 10.0.1.5:81 > 10.0.1.5:80 udp
drop SAME_ADDRESS
in   pods [fd00:1::5]:80 > [fd00:1::5]:80 tcp S
drop SAME_ADDRESS
