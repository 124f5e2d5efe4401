# RFC 5927: an error is a rumour.
use test/conf/egress.conf

in   pods 10.0.1.5:4000 > 198.51.100.9:5060 udp len 32
out  wan  192.0.2.101:$a > 198.51.100.9:5060 udp
wait 20s
in   wan  203.0.113.1 > 192.0.2.101 icmp 3/3 quote { 192.0.2.101:$a > 198.51.100.9:5060 udp len 32 }
out  pods 203.0.113.1 > 10.0.1.5 icmp 3/3 quote { 10.0.1.5:4000 > 198.51.100.9:5060 udp len 32 }
known 1
wait 9s
known 1
wait 2s
known 0
