# The network number is the sender's identity: web may call db, and db's answer says who db is.
use test/conf/tunnel.conf

in   nodes 172.16.0.2:51000 > 172.16.0.1:8472 udp nosum vxlan 5001 { 10.2.0.5:4000 > 10.0.1.5:80 tcp S }
out  pods  10.2.0.5:4000 > 10.0.1.5:80 tcp S
in   pods  10.0.1.5:80 > 10.2.0.5:4000 tcp SA
out  nodes 172.16.0.1:$a > 172.16.0.2:8472 udp nosum ttl 64 vxlan 5003 { 10.0.1.5:80 > 10.2.0.5:4000 tcp SA ttl 63 }
in   nodes 172.16.0.2:51000 > 172.16.0.1:8472 udp nosum vxlan 5001 { 10.2.0.5:4000 > 10.0.1.5:80 tcp A }
out  pods  10.2.0.5:4000 > 10.0.1.5:80 tcp A
check $a >= 49152

# An address that nobody told us of is who the number says, too.
in   nodes 172.16.0.2:51000 > 172.16.0.1:8472 udp nosum vxlan 5001 { 10.2.0.9:4000 > 10.0.1.5:80 tcp S }
out  pods  10.2.0.9:4000 > 10.0.1.5:80 tcp S
event flow-open ingress shop/db

# By its address it would be allowed, by its number not.
in   nodes 172.16.0.2:51000 > 172.16.0.1:8472 udp nosum vxlan 5002 { 10.2.0.5:4001 > 10.0.1.5:80 tcp S }
drop POLICY_INGRESS
