# Its own addresses answer as the kernel has it.
use test/conf/egress.conf

in   pods 10.0.1.5 > 10.0.1.1 icmp echo 7 1
punt
in   pods 10.0.1.5 > 192.0.2.1 icmp echo 7 1
punt
in   pods fd00:1::5 > fd00:1::1 icmp6 echo 7 1
punt
in   wan  198.51.100.9 > 192.0.2.1 icmp reply 7 1
punt
in   wan  203.0.113.1 > 192.0.2.1 icmp 3/1 quote { 192.0.2.1:4000 > 198.51.100.9:53 udp }
punt
known 0
