# MTU across IP versions: who forbids fragments is told what fits in his version; IPv6 packets of
# 1280 bytes always pass; IPv4 without DF becomes IPv6 that passes every link.
use test/conf/services.conf mtu=1300
objects + families.yaml

in   wan   [2001:db8:2::20]:4001 > [2001:db8:2::64]:53  udp len 40
out  pods  192.0.2.1:$b > 10.0.1.5:5353                 udp

# 1320 bytes over IPv6 are 1300 over IPv4.
in   wan   [2001:db8:2::20]:4001 > [2001:db8:2::64]:53  udp len 1272
out  pods  192.0.2.1:$b > 10.0.1.5:5353                 udp df
in   wan   [2001:db8:2::20]:4001 > [2001:db8:2::64]:53  udp len 1273
answer wan 2001:db8:2::1 > 2001:db8:2::20               icmp6 2/0 mtu 1320
drop TOO_BIG

in   pods  10.0.1.5:5353 > 192.0.2.1:$b                 udp len 1452 df
out  wan   [2001:db8:2::64]:53 > [2001:db8:2::20]:4001  udp
in   pods  10.0.1.5:5353 > 192.0.2.1:$b                 udp len 1453 df
answer pods 10.0.1.1 > 10.0.1.5                         icmp 3/4 mtu 1480
drop TOO_BIG
# Without DF: 1280 bytes whole, one more in pieces of at most that.
in   pods  10.0.1.5:5353 > 192.0.2.1:$b                 udp len 1232
out  wan   [2001:db8:2::64]:53 > [2001:db8:2::20]:4001  udp
in   pods  10.0.1.5:5353 > 192.0.2.1:$b                 udp len 1233 id 700
out  wan   [2001:db8:2::64]:53 > [2001:db8:2::20]:4001  udp frag 700 0-1232
out  wan   [2001:db8:2::64]:53 > [2001:db8:2::20]:4001  udp frag 700 1232-
# A large fragment becomes smaller ones of the same datagram.
in   pods  10.0.1.5:5353 > 192.0.2.1:$b                 udp len 2000 frag 701 0-1400
in   pods  10.0.1.5:5353 > 192.0.2.1:$b                 udp len 2000 frag 701 1400-
out  wan   [2001:db8:2::64]:53 > [2001:db8:2::20]:4001  udp frag 701 0-1232
out  wan   [2001:db8:2::64]:53 > [2001:db8:2::20]:4001  udp frag 701 1400-
out  wan   [2001:db8:2::64]:53 > [2001:db8:2::20]:4001  udp len 2000 frag 701 1232-1400
