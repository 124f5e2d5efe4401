# With tcp.clamp_mss a SYN announces what fits the tunnel, wherever its option stands; less is left alone.
use test/conf/tunnel.conf clamp_mss=true

in   pods  10.0.1.5:4000 > 10.2.0.5:80 tcp S tcpopt 020405b4
out  nodes 172.16.0.1:$a > 172.16.0.2:8472 udp nosum ttl 64 vxlan 5003 { 10.0.1.5:4000 > 10.2.0.5:80 tcp S tcpopt 02040582 ttl 63 }
in   nodes 172.16.0.2:51000 > 172.16.0.1:8472 udp nosum vxlan 5001 { 10.2.0.5:80 > 10.0.1.5:4000 tcp SA tcpopt 01020405b4010101 }
out  pods  10.2.0.5:80 > 10.0.1.5:4000 tcp SA tcpopt 0102040582010101
in   pods  10.0.1.5:4001 > 10.2.0.5:80 tcp S tcpopt 02040500
out  nodes 172.16.0.1:$b > 172.16.0.2:8472 udp nosum ttl 64 vxlan 5003 { 10.0.1.5:4001 > 10.2.0.5:80 tcp S tcpopt 02040500 ttl 63 }
in   nodes 172.16.0.2:51000 > 172.16.0.1:8472 udp nosum vxlan 5001 { [fd00:2::5]:4000 > [fd00:1::5]:80 tcp S tcpopt 020405b4 }
out  pods  [fd00:2::5]:4000 > [fd00:1::5]:80 tcp S tcpopt 0204056e
