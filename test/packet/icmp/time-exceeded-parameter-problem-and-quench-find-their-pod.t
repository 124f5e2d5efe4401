# Traceroute through the gateway works because of these.
use test/conf/egress.conf

in   pods 10.0.1.5:4000 > 198.51.100.9:53 udp len 32
out  wan  192.0.2.101:$a > 198.51.100.9:53 udp
in   wan  203.0.113.1 > 192.0.2.101 icmp 11/0 quote { 192.0.2.101:$a > 198.51.100.9:53 udp len 32 ttl 1 }
out  pods 203.0.113.1 > 10.0.1.5 icmp 11/0 quote { 10.0.1.5:4000 > 198.51.100.9:53 udp len 32 ttl 1 }
in   wan  203.0.113.1 > 192.0.2.101 icmp 11/1 quote { 192.0.2.101:$a > 198.51.100.9:53 udp len 32 ttl 1 }
out  pods 203.0.113.1 > 10.0.1.5 icmp 11/1 quote { 10.0.1.5:4000 > 198.51.100.9:53 udp len 32 ttl 1 }
in   wan  203.0.113.1 > 192.0.2.101 icmp 12/0 mtu 335544320 quote { 192.0.2.101:$a > 198.51.100.9:53 udp len 32 ttl 1 }
out  pods 203.0.113.1 > 10.0.1.5 icmp 12/0 mtu 335544320 quote { 10.0.1.5:4000 > 198.51.100.9:53 udp len 32 ttl 1 }
in   wan  203.0.113.1 > 192.0.2.101 icmp 12/1 quote { 192.0.2.101:$a > 198.51.100.9:53 udp len 32 ttl 1 }
out  pods 203.0.113.1 > 10.0.1.5 icmp 12/1 quote { 10.0.1.5:4000 > 198.51.100.9:53 udp len 32 ttl 1 }
in   wan  203.0.113.1 > 192.0.2.101 icmp 12/2 quote { 192.0.2.101:$a > 198.51.100.9:53 udp len 32 ttl 1 }
out  pods 203.0.113.1 > 10.0.1.5 icmp 12/2 quote { 10.0.1.5:4000 > 198.51.100.9:53 udp len 32 ttl 1 }
in   wan  203.0.113.1 > 192.0.2.101 icmp 4/0 quote { 192.0.2.101:$a > 198.51.100.9:53 udp len 32 ttl 1 }
out  pods 203.0.113.1 > 10.0.1.5 icmp 4/0 quote { 10.0.1.5:4000 > 198.51.100.9:53 udp len 32 ttl 1 }
in   wan  203.0.113.1 > 192.0.2.101 icmp 5/1 mtu 3221225985 quote { 192.0.2.101:$a > 198.51.100.9:53 udp len 32 ttl 1 }
out  pods 203.0.113.1 > 10.0.1.5 icmp 5/1 mtu 3221225985 quote { 10.0.1.5:4000 > 198.51.100.9:53 udp len 32 ttl 1 }
