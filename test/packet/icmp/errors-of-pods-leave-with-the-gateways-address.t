# A pod says that a port is closed: outside nobody learns its own address, in the header or the quote.
use test/conf/egress.conf

in   pods 10.0.1.5:4000 > 198.51.100.9:53 udp len 32
out  wan  192.0.2.101:$a > 198.51.100.9:53 udp
in   wan  198.51.100.9:53 > 192.0.2.101:$a udp len 48
out  pods 198.51.100.9:53 > 10.0.1.5:4000 udp
in   pods 10.0.1.5 > 198.51.100.9 icmp 3/0 quote { 198.51.100.9:53 > 10.0.1.5:4000 udp len 48 ttl 62 }
out  wan  192.0.2.101 > 198.51.100.9 icmp 3/0 quote { 198.51.100.9:53 > 192.0.2.101:$a udp len 48 ttl 62 }
in   pods 10.0.1.5 > 198.51.100.9 icmp 3/1 quote { 198.51.100.9:53 > 10.0.1.5:4000 udp len 48 ttl 62 }
out  wan  192.0.2.101 > 198.51.100.9 icmp 3/1 quote { 198.51.100.9:53 > 192.0.2.101:$a udp len 48 ttl 62 }
in   pods 10.0.1.5 > 198.51.100.9 icmp 3/2 quote { 198.51.100.9:53 > 10.0.1.5:4000 udp len 48 ttl 62 }
out  wan  192.0.2.101 > 198.51.100.9 icmp 3/2 quote { 198.51.100.9:53 > 192.0.2.101:$a udp len 48 ttl 62 }
in   pods 10.0.1.5 > 198.51.100.9 icmp 3/3 quote { 198.51.100.9:53 > 10.0.1.5:4000 udp len 48 ttl 62 }
out  wan  192.0.2.101 > 198.51.100.9 icmp 3/3 quote { 198.51.100.9:53 > 192.0.2.101:$a udp len 48 ttl 62 }
in   pods 10.0.1.5 > 198.51.100.9 icmp 3/4 mtu 1400 quote { 198.51.100.9:53 > 10.0.1.5:4000 udp len 48 ttl 62 }
out  wan  192.0.2.101 > 198.51.100.9 icmp 3/4 mtu 1400 quote { 198.51.100.9:53 > 192.0.2.101:$a udp len 48 ttl 62 }
in   pods 10.0.1.5 > 198.51.100.9 icmp 3/13 quote { 198.51.100.9:53 > 10.0.1.5:4000 udp len 48 ttl 62 }
out  wan  192.0.2.101 > 198.51.100.9 icmp 3/13 quote { 198.51.100.9:53 > 192.0.2.101:$a udp len 48 ttl 62 }
in   pods 10.0.1.5 > 198.51.100.9 icmp 11/0 quote { 198.51.100.9:53 > 10.0.1.5:4000 udp len 48 ttl 62 }
out  wan  192.0.2.101 > 198.51.100.9 icmp 11/0 quote { 198.51.100.9:53 > 192.0.2.101:$a udp len 48 ttl 62 }
in   pods 10.0.1.5 > 198.51.100.9 icmp 11/1 quote { 198.51.100.9:53 > 10.0.1.5:4000 udp len 48 ttl 62 }
out  wan  192.0.2.101 > 198.51.100.9 icmp 11/1 quote { 198.51.100.9:53 > 192.0.2.101:$a udp len 48 ttl 62 }
in   pods 10.0.1.5 > 198.51.100.9 icmp 12/0 quote { 198.51.100.9:53 > 10.0.1.5:4000 udp len 48 ttl 62 }
out  wan  192.0.2.101 > 198.51.100.9 icmp 12/0 quote { 198.51.100.9:53 > 192.0.2.101:$a udp len 48 ttl 62 }
