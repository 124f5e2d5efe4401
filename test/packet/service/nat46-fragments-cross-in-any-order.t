# Fragments of one version become fragments of the other: same place, the low half of the
# identification. What only the whole datagram tells cannot cross in pieces.
use test/conf/services.conf
objects + families.yaml

permute
in   wan   192.0.2.20:4001 > 192.0.2.64:53            udp len 2000 frag 77 0-1000
in   wan   192.0.2.20:4001 > 192.0.2.64:53            udp len 2000 frag 77 1000-1504
in   wan   192.0.2.20:4001 > 192.0.2.64:53            udp len 2000 frag 77 1504-
out  pods  [2001:db8:2::1]:$b > [fd00:1::5]:5353      udp
out  pods  [2001:db8:2::1]:$b > [fd00:1::5]:5353      udp
out  pods  [2001:db8:2::1]:$b > [fd00:1::5]:5353      udp
