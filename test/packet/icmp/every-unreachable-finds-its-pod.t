# Codes 0 to 15 of destination unreachable, about a translated connection, from a router on the way: the
# quoted packet is as the pod sent it, all its checksums included.
use test/conf/egress.conf

in   pods 10.0.1.5:4000 > 198.51.100.9:53 udp len 32
out  wan  192.0.2.101:$a > 198.51.100.9:53 udp
in   wan  203.0.113.1 > 192.0.2.101 icmp 3/0 quote { 192.0.2.101:$a > 198.51.100.9:53 udp len 32 ttl 1 }
out  pods 203.0.113.1 > 10.0.1.5 icmp 3/0 quote { 10.0.1.5:4000 > 198.51.100.9:53 udp len 32 ttl 1 }
in   wan  203.0.113.1 > 192.0.2.101 icmp 3/1 quote { 192.0.2.101:$a > 198.51.100.9:53 udp len 32 ttl 1 }
out  pods 203.0.113.1 > 10.0.1.5 icmp 3/1 quote { 10.0.1.5:4000 > 198.51.100.9:53 udp len 32 ttl 1 }
in   wan  203.0.113.1 > 192.0.2.101 icmp 3/2 quote { 192.0.2.101:$a > 198.51.100.9:53 udp len 32 ttl 1 }
out  pods 203.0.113.1 > 10.0.1.5 icmp 3/2 quote { 10.0.1.5:4000 > 198.51.100.9:53 udp len 32 ttl 1 }
in   wan  203.0.113.1 > 192.0.2.101 icmp 3/3 quote { 192.0.2.101:$a > 198.51.100.9:53 udp len 32 ttl 1 }
out  pods 203.0.113.1 > 10.0.1.5 icmp 3/3 quote { 10.0.1.5:4000 > 198.51.100.9:53 udp len 32 ttl 1 }
in   wan  203.0.113.1 > 192.0.2.101 icmp 3/4 mtu 1400 quote { 192.0.2.101:$a > 198.51.100.9:53 udp len 32 ttl 1 }
out  pods 203.0.113.1 > 10.0.1.5 icmp 3/4 mtu 1400 quote { 10.0.1.5:4000 > 198.51.100.9:53 udp len 32 ttl 1 }
in   wan  203.0.113.1 > 192.0.2.101 icmp 3/5 quote { 192.0.2.101:$a > 198.51.100.9:53 udp len 32 ttl 1 }
out  pods 203.0.113.1 > 10.0.1.5 icmp 3/5 quote { 10.0.1.5:4000 > 198.51.100.9:53 udp len 32 ttl 1 }
in   wan  203.0.113.1 > 192.0.2.101 icmp 3/6 quote { 192.0.2.101:$a > 198.51.100.9:53 udp len 32 ttl 1 }
out  pods 203.0.113.1 > 10.0.1.5 icmp 3/6 quote { 10.0.1.5:4000 > 198.51.100.9:53 udp len 32 ttl 1 }
in   wan  203.0.113.1 > 192.0.2.101 icmp 3/7 quote { 192.0.2.101:$a > 198.51.100.9:53 udp len 32 ttl 1 }
out  pods 203.0.113.1 > 10.0.1.5 icmp 3/7 quote { 10.0.1.5:4000 > 198.51.100.9:53 udp len 32 ttl 1 }
in   wan  203.0.113.1 > 192.0.2.101 icmp 3/8 quote { 192.0.2.101:$a > 198.51.100.9:53 udp len 32 ttl 1 }
out  pods 203.0.113.1 > 10.0.1.5 icmp 3/8 quote { 10.0.1.5:4000 > 198.51.100.9:53 udp len 32 ttl 1 }
in   wan  203.0.113.1 > 192.0.2.101 icmp 3/9 quote { 192.0.2.101:$a > 198.51.100.9:53 udp len 32 ttl 1 }
out  pods 203.0.113.1 > 10.0.1.5 icmp 3/9 quote { 10.0.1.5:4000 > 198.51.100.9:53 udp len 32 ttl 1 }
in   wan  203.0.113.1 > 192.0.2.101 icmp 3/10 quote { 192.0.2.101:$a > 198.51.100.9:53 udp len 32 ttl 1 }
out  pods 203.0.113.1 > 10.0.1.5 icmp 3/10 quote { 10.0.1.5:4000 > 198.51.100.9:53 udp len 32 ttl 1 }
in   wan  203.0.113.1 > 192.0.2.101 icmp 3/11 quote { 192.0.2.101:$a > 198.51.100.9:53 udp len 32 ttl 1 }
out  pods 203.0.113.1 > 10.0.1.5 icmp 3/11 quote { 10.0.1.5:4000 > 198.51.100.9:53 udp len 32 ttl 1 }
in   wan  203.0.113.1 > 192.0.2.101 icmp 3/12 quote { 192.0.2.101:$a > 198.51.100.9:53 udp len 32 ttl 1 }
out  pods 203.0.113.1 > 10.0.1.5 icmp 3/12 quote { 10.0.1.5:4000 > 198.51.100.9:53 udp len 32 ttl 1 }
in   wan  203.0.113.1 > 192.0.2.101 icmp 3/13 quote { 192.0.2.101:$a > 198.51.100.9:53 udp len 32 ttl 1 }
out  pods 203.0.113.1 > 10.0.1.5 icmp 3/13 quote { 10.0.1.5:4000 > 198.51.100.9:53 udp len 32 ttl 1 }
in   wan  203.0.113.1 > 192.0.2.101 icmp 3/14 quote { 192.0.2.101:$a > 198.51.100.9:53 udp len 32 ttl 1 }
out  pods 203.0.113.1 > 10.0.1.5 icmp 3/14 quote { 10.0.1.5:4000 > 198.51.100.9:53 udp len 32 ttl 1 }
in   wan  203.0.113.1 > 192.0.2.101 icmp 3/15 quote { 192.0.2.101:$a > 198.51.100.9:53 udp len 32 ttl 1 }
out  pods 203.0.113.1 > 10.0.1.5 icmp 3/15 quote { 10.0.1.5:4000 > 198.51.100.9:53 udp len 32 ttl 1 }
