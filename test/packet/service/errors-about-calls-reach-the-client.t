# From the backend's side and from the client's: each hears of its own packet, and a backend that
# does not see clients sees no routers of theirs.
use test/conf/services.conf
objects + pools.yaml

in   wan  198.51.100.9:40000 > 192.0.2.81:7777 udp len 32
out  pods 192.0.2.1:$a > 10.0.1.5:7777         udp
in   pods 10.0.1.5 > 192.0.2.1 icmp 3/3 quote { 192.0.2.1:$a > 10.0.1.5:7777 udp len 32 ttl 63 }
out  wan  192.0.2.81 > 198.51.100.9 icmp 3/3 quote { 198.51.100.9:40000 > 192.0.2.81:7777 udp len 32 ttl 63 }
in   pods 10.0.1.5:7777 > 192.0.2.1:$a         udp len 32
out  wan  192.0.2.81:7777 > 198.51.100.9:40000 udp
in   wan  203.0.113.1 > 192.0.2.81 icmp 11/0 quote { 192.0.2.81:7777 > 198.51.100.9:40000 udp len 32 ttl 1 }
out  pods 192.0.2.1 > 10.0.1.5 icmp 11/0 quote { 10.0.1.5:7777 > 192.0.2.1:$a udp len 32 ttl 1 }
in   wan  198.51.100.9:40000 > 192.0.2.90:80   udp len 32
out  pods 198.51.100.9:40000 > 10.0.1.5:8080   udp
in   pods 10.0.1.5 > 198.51.100.9 icmp 3/4 mtu 1300 quote { 198.51.100.9:40000 > 10.0.1.5:8080 udp len 32 ttl 63 }
out  wan  192.0.2.90 > 198.51.100.9 icmp 3/4 mtu 1300 quote { 198.51.100.9:40000 > 192.0.2.90:80 udp len 32 ttl 63 }
in   pods 10.0.1.5:8080 > 198.51.100.9:40000   udp len 32
out  wan  192.0.2.90:80 > 198.51.100.9:40000   udp
in   wan  203.0.113.1 > 192.0.2.90 icmp 3/4 mtu 1300 quote { 192.0.2.90:80 > 198.51.100.9:40000 udp len 32 ttl 60 }
out  pods 203.0.113.1 > 10.0.1.5 icmp 3/4 mtu 1300 quote { 10.0.1.5:8080 > 198.51.100.9:40000 udp len 32 ttl 60 }
in   wan  [2001:db8:9::9]:40000 > [2001:db8:2::81]:7777 udp len 32
out  pods [2001:db8:2::1]:$b > [fd00:1::5]:7777 udp
in   pods fd00:1::5 > 2001:db8:2::1 icmp6 2/0 mtu 1300 quote { [2001:db8:2::1]:$b > [fd00:1::5]:7777 udp len 32 ttl 63 }
out  wan  2001:db8:2::81 > 2001:db8:9::9 icmp6 2/0 mtu 1300 quote { [2001:db8:9::9]:40000 > [2001:db8:2::81]:7777 udp len 32 ttl 63 }
