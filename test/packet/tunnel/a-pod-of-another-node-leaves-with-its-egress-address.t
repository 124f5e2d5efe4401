# In by the tunnel, out with a source of ours; the answer goes back by the tunnel, as from the world.
use test/conf/tunnel.conf

in   nodes 172.16.0.2:51000 > 172.16.0.1:8472 udp nosum vxlan 5001 { 10.2.0.5:4000 > 198.51.100.9:443 tcp S }
out  wan   192.0.2.101:$p > 198.51.100.9:443 tcp S
in   wan   198.51.100.9:443 > 192.0.2.101:$p tcp SA
out  nodes 172.16.0.1:$a > 172.16.0.2:8472 udp nosum ttl 64 vxlan 2 { 198.51.100.9:443 > 10.2.0.5:4000 tcp SA ttl 63 }
in   nodes 172.16.0.2:51000 > 172.16.0.1:8472 udp nosum vxlan 5001 { 10.2.0.5:4000 > 198.51.100.9:443 tcp A }
out  wan   192.0.2.101:$p > 198.51.100.9:443 tcp A
in   wan   198.51.100.9:443 > 192.0.2.101:$p tcp PA len 100
out  nodes 172.16.0.1:$a > 172.16.0.2:8472 udp nosum ttl 64 vxlan 2 { 198.51.100.9:443 > 10.2.0.5:4000 tcp PA len 100 seq 5001 ack 1001 ttl 63 }
known ESTABLISHED 1

# Who is not selected has no source to leave with, and goes with its own.
in   nodes 172.16.0.2:51000 > 172.16.0.1:8472 udp nosum vxlan 5002 { 10.2.0.6:4000 > 198.51.100.9:443 tcp S }
out  wan   10.2.0.6:4000 > 198.51.100.9:443 tcp S
