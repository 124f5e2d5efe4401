# An egress address that the gateway has itself: connections of pods are theirs, the rest is for the kernel.
use test/conf/egress.conf addresses@2=["192.0.2.101/24","192.0.2.1/24","2001:db8:2::1/64"]

in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp S
out  wan  192.0.2.101:$a > 198.51.100.9:443 tcp S
in   wan  198.51.100.9:443 > 192.0.2.101:$a tcp SA
out  pods 198.51.100.9:443 > 10.0.1.5:4000 tcp SA
in   wan  203.0.113.9:4000 > 192.0.2.101:22 tcp S
punt
in   wan  203.0.113.9:4000 > 192.0.2.101:22 tcp A
punt
in   wan  203.0.113.9 > 192.0.2.101 icmp echo 1 1
punt
