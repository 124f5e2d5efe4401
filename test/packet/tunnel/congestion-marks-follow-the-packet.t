# RFC 6040: a router's mark on the outer packet reaches who can understand it, and nobody else's
# packet; ours outside says what the packet inside says. DSCP is none of the routers' business.
use test/conf/tunnel.conf

in   nodes 172.16.0.2:51000 > 172.16.0.1:8472 udp nosum tos 3 vxlan 5001 { 10.2.0.5:4000 > 10.0.1.5:80 udp len 20 tos 0xb9 }
out  pods  10.2.0.5:4000 > 10.0.1.5:80 udp len 20 tos 0xbb
in   nodes 172.16.0.2:51000 > 172.16.0.1:8472 udp nosum tos 3 vxlan 5001 { 10.2.0.5:4000 > 10.0.1.5:80 udp len 20 tos 0xb8 }
drop TUNNEL_CONGESTION
in   nodes 172.16.0.2:51000 > 172.16.0.1:8472 udp nosum tos 1 vxlan 5001 { 10.2.0.5:4000 > 10.0.1.5:80 udp len 20 tos 2 }
out  pods  10.2.0.5:4000 > 10.0.1.5:80 udp len 20 tos 1
in   nodes 172.16.0.2:51000 > 172.16.0.1:8472 udp nosum tos 3 vxlan 5001 { [fd00:2::5]:4000 > [fd00:1::5]:80 udp len 20 tos 2 }
out  pods  [fd00:2::5]:4000 > [fd00:1::5]:80 udp len 20 tos 3
in   pods  10.0.1.5:80 > 10.2.0.5:4000 udp len 20 tos 0xb9
out  nodes 172.16.0.1:$a > 172.16.0.2:8472 udp nosum ttl 64 tos 1 vxlan 5003 { 10.0.1.5:80 > 10.2.0.5:4000 udp len 20 tos 0xb9 ttl 63 }
set inherit_dscp=true
in   pods  10.0.1.5:80 > 10.2.0.5:4000 udp len 20 tos 0xb9
out  nodes 172.16.0.1:$a > 172.16.0.2:8472 udp nosum ttl 64 tos 0xb9 vxlan 5003 { 10.0.1.5:80 > 10.2.0.5:4000 udp len 20 tos 0xb9 ttl 63 }
