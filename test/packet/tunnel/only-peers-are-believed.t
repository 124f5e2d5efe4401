# A stranger who knows the tunnel's port speaks for no node; nor does a pod, whatever it says of itself.
use test/conf/tunnel.conf

in   nodes 172.16.0.9:51000 > 172.16.0.1:8472 udp nosum vxlan 5001 { 10.2.0.5:4000 > 10.0.1.5:80 tcp S }
drop TUNNEL_PEER
in   wan   172.16.0.2:51000 > 172.16.0.1:8472 udp nosum vxlan 5001 { 10.2.0.5:4000 > 10.0.1.5:80 tcp S }
drop INVALID_SOURCE
in   pods  172.16.0.2:51000 > 172.16.0.1:8472 udp nosum vxlan 5001 { 10.2.0.5:4000 > 10.0.1.5:80 tcp S }
drop INVALID_SOURCE

# Nor a pod of a node that is believed: a tunnel does not lead to the peer it says it is.
in   nodes 172.16.0.2:51000 > 172.16.0.1:8472 udp nosum vxlan 5002 { 172.16.0.2:51000 > 172.16.0.1:8472 udp vxlan 5001 { 10.2.0.5:4000 > 10.0.1.5:80 tcp S } }
drop INVALID_SOURCE

# What is not for an address of ours is nobody's tunnel: it passes, or not, as any datagram.
in   nodes 172.16.0.2:51000 > 198.51.100.9:8472 udp len 8
out  wan   172.16.0.2:51000 > 198.51.100.9:8472 udp len 8

# The peer behind the router is as good as those on the wire.
in   nodes 172.17.0.3:51000 > 172.16.0.1:8472 udp nosum vxlan 5001 { 10.3.0.5:4000 > 10.0.1.5:80 tcp S }
out  pods  10.3.0.5:4000 > 10.0.1.5:80 tcp S
in   pods  10.0.1.5:80 > 10.3.0.5:4000 tcp SA
out  nodes 172.16.0.1:$a > 172.17.0.3:8472 udp nosum ttl 64 vxlan 5003 { 10.0.1.5:80 > 10.3.0.5:4000 tcp SA ttl 63 }
