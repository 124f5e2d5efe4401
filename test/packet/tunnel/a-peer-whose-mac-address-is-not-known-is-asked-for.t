# What goes into the tunnel waits for the MAC address that its outer packet needs.
use test/conf/tunnel.conf
neighbour del 172.16.0.2

in   pods  10.0.1.5:80 > 10.2.0.5:4000 udp len 8
event neigh 172.16.0.2
nothing
neighbour add 172.16.0.2 nodes 02:00:00:00:02:02
out  nodes 172.16.0.1:$a > 172.16.0.2:8472 udp nosum ttl 64 vxlan 5003 { 10.0.1.5:80 > 10.2.0.5:4000 udp len 8 ttl 63 }
# It may be lost again.
neighbour del 172.16.0.2
in   pods  10.0.1.5:80 > 10.2.0.5:4000 udp len 8
nothing
wait 4s
drop NEIGHBOUR_UNKNOWN
answer pods 10.0.1.1 > 10.0.1.5 icmp 3/1
