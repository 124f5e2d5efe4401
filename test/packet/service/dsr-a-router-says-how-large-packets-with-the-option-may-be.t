# It saw the option, the client must leave room for it; what may be fragmented is so from then on.
use test/conf/services.conf mode="dsr"

in   wan  198.51.100.9:40000 > 192.0.2.81:7777 udp len 1400 df
out  pods 198.51.100.9:40000 > 10.0.1.5:7777   udp options 9a08611e510200c0
in   pods 10.0.9.9 > 198.51.100.9 icmp 3/4 mtu 1300 quote { 198.51.100.9:40000 > 10.0.1.5:7777 udp len 1400 df ttl 62 options 9a08611e510200c0 } upto 44
out  wan  10.0.9.9 > 198.51.100.9 icmp 3/4 mtu 1292 quote { 198.51.100.9:40000 > 192.0.2.81:7777 udp len 1400 df ttl 62 options 9a08611e510200c0 } upto 44
in   wan  198.51.100.9:40000 > 192.0.2.81:7777 udp len 1265 df
answer wan 192.0.2.1 > 198.51.100.9 icmp 3/4 mtu 1292
drop TOO_BIG
in   wan  198.51.100.9:40000 > 192.0.2.81:7777 udp len 1300 id 4
out  pods 198.51.100.9:40000 > 10.0.1.5:7777   udp options 9a08611e510200c0 frag 4 0-1272
out  pods 198.51.100.9:40000 > 10.0.1.5:7777   udp options 9a08611e510200c0 frag 4 1272-

# Who does not mind fragments is not bothered.
in   pods 10.0.9.9 > 198.51.100.9 icmp 3/4 mtu 1200 quote { 198.51.100.9:40000 > 10.0.1.5:7777 udp len 1400 ttl 62 options 9a08611e510200c0 } upto 44
drop MTU_LEARNT
