# ICMP thirty seconds, what has no ports sixty.
use test/conf/egress.conf

in   pods 10.0.1.5 > 198.51.100.9 icmp echo 1 1
out  wan  192.0.2.101 > 198.51.100.9 icmp echo $a 1
in   wan  198.51.100.9 > 192.0.2.101 icmp reply $a 1
out  pods 198.51.100.9 > 10.0.1.5 icmp reply 1 1
in   pods 10.0.1.5 > 198.51.100.9 proto 47
out  wan  192.0.2.101 > 198.51.100.9 proto 47
wait 29s
known 2
wait 2s
known 1
wait 28s
known 1
wait 2s
known 0
