# A large answer for a pod behind a smaller link.
use test/conf/egress.conf mtu@1=1300

in   pods 10.0.1.5:4000 > 198.51.100.9:5060 udp len 100
out  wan  192.0.2.101:$a > 198.51.100.9:5060 udp
in   wan  198.51.100.9:5060 > 192.0.2.101:$a udp len 1400 df
answer wan 192.0.2.1 > 198.51.100.9 icmp 3/4 mtu 1300
drop TOO_BIG
in   wan  198.51.100.9:5060 > 192.0.2.101:$a udp len 1400 id 5
out  pods 198.51.100.9:5060 > 10.0.1.5:4000 udp frag 5 0-1280
out  pods 198.51.100.9:5060 > 10.0.1.5:4000 udp frag 5 1280-
