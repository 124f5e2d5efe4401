# An error whose receiver is not the sender of the packet that it quotes is forged: else anybody could use a
# connection of others to send anywhere.
use test/conf/egress.conf

in   pods 10.0.1.9:4000 > 198.51.100.9:53 udp len 32
out  wan  10.0.1.9:4000 > 198.51.100.9:53 udp
in   wan  203.0.113.1 > 10.0.1.9 icmp 3/1 quote { 10.0.1.9:4000 > 198.51.100.9:53 udp }
out  pods 203.0.113.1 > 10.0.1.9 icmp 3/1 quote { 10.0.1.9:4000 > 198.51.100.9:53 udp }
in   wan  203.0.113.1 > 10.0.1.7 icmp 3/1 quote { 10.0.1.9:4000 > 198.51.100.9:53 udp }
drop BAD_ICMP_INNER
in   wan  2001:db8:7::7 > fd00:1::7 icmp6 1/0 quote { [fd00:1::9]:4000 > [2001:db8:9::9]:53 udp }
drop BAD_ICMP_INNER
