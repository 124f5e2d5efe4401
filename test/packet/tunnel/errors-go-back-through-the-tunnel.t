# What we say ourselves to a sender behind the tunnel goes through it, from the gateway, as a node's.
use test/conf/tunnel.conf

in   nodes 172.16.0.2:51000 > 172.16.0.1:8472 udp nosum vxlan 5001 { 10.2.0.5:4000 > 198.51.100.9:443 udp len 8 ttl 1 }
out  nodes 172.16.0.1:$a > 172.16.0.2:8472 udp nosum ttl 64 vxlan 6 { 10.0.1.1 > 10.2.0.5 icmp 11/0 df quote { 10.2.0.5:4000 > 198.51.100.9:443 udp len 8 ttl 1 } }
drop TTL_EXCEEDED
