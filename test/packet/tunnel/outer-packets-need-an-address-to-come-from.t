# The link to the peer has no address of the peer's version.
use test/conf/tunnel.conf underlay="ipv6" addresses@2=["172.16.0.1/24"]
route add fd00:16::/64 port nodes

in   pods  10.0.1.5:80 > 10.2.0.5:4000 udp len 8
drop TUNNEL_ADDRESS
