# On every port and for every protocol; pods and strangers alike.
use test/conf/egress.conf

in   pods 10.0.1.5:4000 > 10.0.1.1:22 tcp S
punt
in   pods 10.0.1.5:4000 > 192.0.2.1:22 tcp A
punt
in   wan  203.0.113.7:4000 > 192.0.2.1:22 udp
punt
in   wan  203.0.113.7 > 192.0.2.1 proto 89
punt
in   pods [fd00:1::5]:4000 > [fd00:1::1]:22 tcp S
punt
known 0
