# Options and extension headers around a quoted packet would make what fits inside as small as one likes.
use test/conf/tunnel.conf underlay="ipv6" protocol="geneve"

in   pods  10.0.1.5:80 > 10.2.0.5:4000 udp len 1300 df
out  nodes [fd00:16::1]:$a > [fd00:16::2]:6081 udp anylabel ttl 64 geneve 5003 - { 10.0.1.5:80 > 10.2.0.5:4000 udp len 1300 df ttl 63 }
in   nodes fd00:16::fe > fd00:16::1 icmp6 2/0 mtu 1350 quote { [fd00:16::1]:$a > [fd00:16::2]:6081 udp geneve 5003 0103000100000000 { 10.0.1.5:80 > 10.2.0.5:4000 udp len 1300 df ttl 63 } }
punt
in   nodes fd00:16::fe > fd00:16::1 icmp6 2/0 mtu 1350 quote { [fd00:16::1]:$a > [fd00:16::2]:6081 udp dstopts geneve 5003 - { 10.0.1.5:80 > 10.2.0.5:4000 udp len 1300 df ttl 63 } }
punt
in   nodes fd00:16::fe > fd00:16::1 icmp6 2/0 mtu 1350 quote { [fd00:16::1]:$a > [fd00:16::2]:6081 udp geneve 5003 - { 10.0.1.5:80 > 10.2.0.5:4000 udp len 1300 df ttl 63 } }
out  pods  10.0.1.1 > 10.0.1.5 icmp 3/4 df ttl 63 mtu 1280 quote { 10.0.1.5:80 > 10.2.0.5:4000 udp len 1300 df ttl 63 } upto 548
