# The underlay may be IPv6: then the outer packet has a checksum, which must be right when it comes.
use test/conf/tunnel.conf underlay="ipv6"

in   nodes [fd00:16::2]:51000 > [fd00:16::1]:8472 udp vxlan 5001 { 10.2.0.5:4000 > 10.0.1.5:80 udp len 8 }
out  pods  10.2.0.5:4000 > 10.0.1.5:80 udp len 8
in   pods  10.0.1.5:80 > 10.2.0.5:4000 udp len 8
out  nodes [fd00:16::1]:$a > [fd00:16::2]:8472 udp anylabel ttl 64 vxlan 5003 { 10.0.1.5:80 > 10.2.0.5:4000 udp len 8 ttl 63 }
in   nodes [fd00:16::2]:51000 > [fd00:16::1]:8472 udp badsum vxlan 5001 { 10.2.0.5:4000 > 10.0.1.5:80 udp len 8 }
drop TUNNEL_CHECKSUM
in   nodes [fd00:16::2]:51000 > [fd00:16::1]:8472 udp nosum vxlan 5001 { 10.2.0.5:4000 > 10.0.1.5:80 udp len 8 }
drop UDP6_NO_CHECKSUM
in   pods  10.0.1.5:80 > 10.2.0.5:4000 udp len 1403 df
answer pods 10.0.1.1 > 10.0.1.5 icmp 3/4 mtu 1430
drop TOO_BIG
