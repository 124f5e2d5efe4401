# As nat64-packets-that-do-not-fit, the other way round: here the IPv4 link is the narrow one.
use test/conf/services.conf mtu@2=1200
objects + families.yaml

in   wan   192.0.2.20:4001 > 192.0.2.64:53            udp len 40
out  pods  [2001:db8:2::1]:$b > [fd00:1::5]:5353      udp

# The backend may send 1280 bytes always: they are fragmented for a link that takes less.
in   pods  [fd00:1::5]:5353 > [2001:db8:2::1]:$b      udp len 1172
out  wan   192.0.2.64:53 > 192.0.2.20:4001            udp
in   pods  [fd00:1::5]:5353 > [2001:db8:2::1]:$b      udp len 1232 frag 65540 0-
out  wan   192.0.2.64:53 > 192.0.2.20:4001            udp frag 4 0-1176
out  wan   192.0.2.64:53 > 192.0.2.20:4001            udp frag 4 1176-
in   pods  [fd00:1::5]:5353 > [2001:db8:2::1]:$b      udp len 1233
answer pods fd00:1::1 > fd00:1::5                     icmp6 2/0 mtu 1280
drop TOO_BIG

in   wan   192.0.2.20:4001 > 192.0.2.64:53            udp len 1600 df
answer wan 192.0.2.1 > 192.0.2.20                     icmp 3/4 mtu 1480
drop TOO_BIG
