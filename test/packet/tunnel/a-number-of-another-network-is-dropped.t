# Without identities in it a tunnel has one number, and who sends is who its address says.
use test/conf/tunnel.conf identity="address" vni@1=42

in   nodes 172.16.0.2:51000 > 172.16.0.1:8472 udp nosum vxlan 5001 { 10.2.0.5:4000 > 10.0.1.5:80 tcp S }
drop TUNNEL_VNI
in   nodes 172.16.0.2:51000 > 172.16.0.1:8472 udp nosum vxlan 42 { 10.2.0.6:4000 > 10.0.1.5:80 tcp S }
drop POLICY_INGRESS
in   nodes 172.16.0.2:51000 > 172.16.0.1:8472 udp nosum vxlan 42 { 10.2.0.5:4000 > 10.0.1.5:80 tcp S }
out  pods  10.2.0.5:4000 > 10.0.1.5:80 tcp S
in   pods  10.0.1.5:80 > 10.2.0.5:4000 tcp SA
out  nodes 172.16.0.1:$a > 172.16.0.2:8472 udp nosum ttl 64 vxlan 42 { 10.0.1.5:80 > 10.2.0.5:4000 tcp SA ttl 63 }
