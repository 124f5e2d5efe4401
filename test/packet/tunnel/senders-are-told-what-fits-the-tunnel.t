# The outer headers count: 1450 bytes fit behind 1500. Who may not be fragmented is told, inside of the
# tunnel or outside; the rest is cut before it is wrapped.
use test/conf/tunnel.conf

in   nodes 172.16.0.2:51000 > 172.16.0.1:8472 udp nosum vxlan 5001 { 10.2.0.5:4000 > 10.0.1.5:80 udp len 8 }
out  pods  10.2.0.5:4000 > 10.0.1.5:80 udp len 8
in   pods  10.0.1.5:80 > 10.2.0.5:4000 udp len 1423 df
answer pods 10.0.1.1 > 10.0.1.5 icmp 3/4 mtu 1450
drop TOO_BIG
in   pods  10.0.1.5:80 > 10.2.0.5:4000 udp len 1422 df
out  nodes 172.16.0.1:$a > 172.16.0.2:8472 udp nosum nodf ttl 64 vxlan 5003 { 10.0.1.5:80 > 10.2.0.5:4000 udp len 1422 df ttl 63 }
in   pods  10.0.1.5:80 > 10.2.0.5:4000 udp len 1423 id 77
out  nodes 172.16.0.1:$a > 172.16.0.2:8472 udp nosum ttl 64 vxlan 5003 { 10.0.1.5:80 > 10.2.0.5:4000 udp len 1423 frag 77 0-1424 ttl 63 }
out  nodes 172.16.0.1:$a > 172.16.0.2:8472 udp nosum ttl 64 vxlan 5003 { 10.0.1.5:80 > 10.2.0.5:4000 udp len 1423 frag 77 1424- ttl 63 }
