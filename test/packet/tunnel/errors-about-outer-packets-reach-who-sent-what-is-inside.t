# A router on the way between nodes says what fits: the sender of the packet inside is told that less the
# outer headers, whether he is a pod here or somebody outside whose packets we translate. What says that a packet does not fit which would is the kernel's to judge.
use test/conf/tunnel.conf underlay="ipv6"

in   pods  10.0.1.5:80 > 10.2.0.5:4000 udp len 1200 df
out  nodes [fd00:16::1]:$a > [fd00:16::2]:8472 udp anylabel ttl 64 vxlan 5003 { 10.0.1.5:80 > 10.2.0.5:4000 udp len 1200 df ttl 63 }
in   nodes fd00:16::fe > fd00:16::1 icmp6 2/0 mtu 1400 quote { [fd00:16::1]:$a > [fd00:16::2]:8472 udp vxlan 5003 { 10.0.1.5:80 > 10.2.0.5:4000 udp len 1200 df ttl 63 } }
punt

in   pods  10.0.1.5:80 > 10.2.0.5:4000 udp len 1300 df
out  nodes [fd00:16::1]:$a > [fd00:16::2]:8472 udp anylabel ttl 64 vxlan 5003 { 10.0.1.5:80 > 10.2.0.5:4000 udp len 1300 df ttl 63 }
in   nodes fd00:16::fe > fd00:16::1 icmp6 2/0 mtu 1350 quote { [fd00:16::1]:$a > [fd00:16::2]:8472 udp vxlan 5003 { 10.0.1.5:80 > 10.2.0.5:4000 udp len 1300 df ttl 63 } }
out  pods  10.0.1.1 > 10.0.1.5 icmp 3/4 df ttl 63 mtu 1280 quote { 10.0.1.5:80 > 10.2.0.5:4000 udp len 1300 df ttl 63 } upto 548

in   nodes [fd00:16::2]:51000 > [fd00:16::1]:8472 udp vxlan 5001 { 10.2.0.5:4000 > 198.51.100.9:53 udp len 8 }
out  wan   192.0.2.101:$p > 198.51.100.9:53 udp len 8
in   wan   198.51.100.9:53 > 192.0.2.101:$p udp len 1380 df
out  nodes [fd00:16::1]:$b > [fd00:16::2]:8472 udp anylabel ttl 64 nodf vxlan 2 { 198.51.100.9:53 > 10.2.0.5:4000 udp len 1380 df ttl 63 }
in   nodes fd00:16::fe > fd00:16::1 icmp6 2/0 mtu 1350 quote { [fd00:16::1]:$b > [fd00:16::2]:8472 udp vxlan 2 { 198.51.100.9:53 > 10.2.0.5:4000 udp len 1380 df ttl 63 } }
out  wan   192.0.2.101 > 198.51.100.9 icmp 3/4 df ttl 63 mtu 1280 quote { 198.51.100.9:53 > 192.0.2.101:$p udp len 1380 df ttl 63 } upto 548
in   nodes fd00:16::fe > fd00:16::1 icmp6 1/0 quote { [fd00:16::1]:$b > [fd00:16::2]:8472 udp vxlan 2 { 198.51.100.9:53 > 10.2.0.5:4000 udp len 1380 df ttl 63 } } upto 130
out  wan   192.0.2.101 > 198.51.100.9 icmp 3/1 df ttl 63 quote { 198.51.100.9:53 > 192.0.2.101:$p udp len 1380 df ttl 63 } upto 60
