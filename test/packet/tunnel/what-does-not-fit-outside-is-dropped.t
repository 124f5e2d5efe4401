# A tunnel whose MTU somebody set larger than its outer packets fit: by name, not in silence.
use test/conf/tunnel.conf mtu@4=1500

in   nodes 172.16.0.2:51000 > 172.16.0.1:8472 udp nosum vxlan 5001 { 10.2.0.5:4000 > 10.0.1.5:80 udp len 8 }
out  pods  10.2.0.5:4000 > 10.0.1.5:80 udp len 8
in   pods  10.0.1.5:80 > 10.2.0.5:4000 udp len 1472 df
drop TOO_BIG
