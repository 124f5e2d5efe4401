# Nobody inside sent that; the port was never given out, or the protocol is another.
use test/conf/egress.conf

in   pods 10.0.1.5:4000 > 198.51.100.9:53 udp len 32
out  wan  192.0.2.101:$a > 198.51.100.9:53 udp
in   wan  203.0.113.1 > 192.0.2.101 icmp 3/1 quote { 192.0.2.101:$a > 198.51.100.9:54 udp }
drop ICMP_NO_FLOW
in   wan  203.0.113.1 > 192.0.2.101 icmp 3/1 quote { 192.0.2.101:$a > 198.51.100.9:53 tcp S }
drop ICMP_NO_FLOW
in   wan  2001:db8:7::7 > 2001:db8:2::101 icmp6 1/0 quote { [2001:db8:2::101]:4000 > [2001:db8:9::9]:53 udp }
drop ICMP_NO_FLOW
in   pods 10.0.1.5 > 198.51.100.9 icmp 3/3 quote { 198.51.100.9:53 > 10.0.1.5:4001 udp }
drop ICMP_NO_FLOW
