# Errors about outer packets come by the link that leads to the peer: neither a pod nor a stranger elsewhere
# can tell senders what fits the tunnel, or that nobody is there.
use test/conf/tunnel.conf underlay="ipv6"

in   pods  10.0.1.5:80 > 10.2.0.5:4000 udp len 1300 df
out  nodes [fd00:16::1]:$a > [fd00:16::2]:8472 udp anylabel ttl 64 vxlan 5003 { 10.0.1.5:80 > 10.2.0.5:4000 udp len 1300 df ttl 63 }
in   pods  fd00:16::fe > fd00:16::1 icmp6 2/0 mtu 1350 quote { [fd00:16::1]:$a > [fd00:16::2]:8472 udp vxlan 5003 { 10.0.1.5:80 > 10.2.0.5:4000 udp len 1300 df ttl 63 } }
punt
in   wan   fd00:16::fe > fd00:16::1 icmp6 1/0 quote { [fd00:16::1]:$a > [fd00:16::2]:8472 udp vxlan 5003 { 10.0.1.5:80 > 10.2.0.5:4000 udp len 1300 df ttl 63 } }
punt
