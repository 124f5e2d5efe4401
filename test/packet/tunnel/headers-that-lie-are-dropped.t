# Cut short, without the flag that says that there is a number, with a checksum that is wrong, in
# pieces: each by its name. A frame inside that is no IP packet is dropped as any such frame.
use test/conf/tunnel.conf

in   nodes 172.16.0.2:51000 > 172.16.0.1:8472 udp nosum len 7
drop TUNNEL_HEADER
in   nodes 172.16.0.2:51000 > 172.16.0.1:8472 udp nosum len 21
drop TUNNEL_HEADER
in   nodes 172.16.0.2:51000 > 172.16.0.1:8472 udp nosum vxlan 5001 { 10.2.0.5:4000 > 10.0.1.5:80 tcp S } patch 42 00
drop TUNNEL_HEADER
in   nodes 172.16.0.2:51000 > 172.16.0.1:8472 udp badsum vxlan 5001 { 10.2.0.5:4000 > 10.0.1.5:80 tcp S }
drop TUNNEL_CHECKSUM
in   nodes 172.16.0.2:51000 > 172.16.0.1:8472 udp vxlan 5001 { 10.2.0.5:4000 > 10.0.1.5:80 tcp S }
out  pods  10.2.0.5:4000 > 10.0.1.5:80 tcp S
in   nodes 172.16.0.2:51000 > 172.16.0.1:8472 udp nosum frag 7 0-64 vxlan 5001 { 10.2.0.5:4000 > 10.0.1.5:80 tcp PA len 100 }
drop TUNNEL_FRAGMENT
in   nodes 172.16.0.2:51000 > 172.16.0.1:8472 udp nosum vxlan 5001 { 10.2.0.5:4000 > 10.0.1.5:80 udp ethtype 0806 }
drop NOT_IP
in   nodes 172.16.0.2:51000 > 172.16.0.1:8472 udp nosum vxlan 5001 { 10.2.0.5:4000 > 10.0.1.5:80 tcp S patch 14 46 }
drop BAD_IP4_CHECKSUM
in   nodes 172.16.0.2:51000 > 172.16.0.1:8472 udp nosum vxlan 5001 { 10.2.0.5:4000 > 10.0.1.5:80 tcp S cut 30 }
drop SHORT_IP4
