# A router knows only the outer packet and us; the client hears of its own. The size is remembered.
use test/conf/services.conf mode="dsr" dispatch="ipip"

in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp S df
out  pods 10.0.1.1 > 10.0.1.5 proto 4 ttl 64 quote { 198.51.100.9:40000 > 192.0.2.81:7777 tcp S df ttl 63 }
in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp PA df len 1400
out  pods 10.0.1.1 > 10.0.1.5 proto 4 ttl 64 quote { 198.51.100.9:40000 > 192.0.2.81:7777 tcp PA df len 1400 ttl 63 }
in   pods 10.0.9.9 > 10.0.1.1 icmp 3/4 mtu 1400 quote { 10.0.1.1 > 10.0.1.5 proto 4 df ttl 62 quote { 198.51.100.9:40000 > 192.0.2.81:7777 tcp PA df len 1400 ttl 63 } } upto 548
out  wan  192.0.2.1 > 198.51.100.9 icmp 3/4 mtu 1380 df quote { 198.51.100.9:40000 > 192.0.2.81:7777 tcp PA df len 1400 ttl 63 } upto 528
in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp PA df len 1400
answer wan 192.0.2.1 > 198.51.100.9 icmp 3/4 mtu 1380
drop TOO_BIG
in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp PA df len 1340
out  pods 10.0.1.1 > 10.0.1.5 proto 4 ttl 64 quote { 198.51.100.9:40000 > 192.0.2.81:7777 tcp PA df len 1340 ttl 63 }

# There is no way: the tunnel is ours, so that is all the client needs to know.
in   pods 10.0.9.9 > 10.0.1.1 icmp 11/0 quote { 10.0.1.1 > 10.0.1.5 proto 4 df ttl 1 quote { 198.51.100.9:40000 > 192.0.2.81:7777 tcp PA df len 1400 ttl 63 } } upto 48
out  wan  192.0.2.1 > 198.51.100.9 icmp 3/1 df quote { 198.51.100.9:40000 > 192.0.2.81:7777 tcp PA df len 1400 ttl 63 } upto 28

# Made up: no such connection, no such sequence number, no such size, too short to tell.
in   pods 10.0.9.9 > 10.0.1.1 icmp 3/1 quote { 10.0.1.1 > 10.0.1.5 proto 4 df ttl 62 quote { 198.51.100.9:40001 > 192.0.2.81:7777 tcp PA df len 1400 ttl 63 } } upto 48
drop ICMP_NO_FLOW
in   pods 10.0.9.9 > 10.0.1.1 icmp 3/4 mtu 700 quote { 10.0.1.1 > 10.0.1.5 proto 4 df ttl 62 quote { 198.51.100.9:40000 > 192.0.2.81:7777 tcp PA df len 1400 ttl 63 seq 99999999 } } upto 60
out  wan  192.0.2.1 > 198.51.100.9 icmp 3/4 mtu 680 df quote { 198.51.100.9:40000 > 192.0.2.81:7777 tcp PA df len 1400 ttl 63 seq 99999999 } upto 40
in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp PA df len 1340
out  pods 10.0.1.1 > 10.0.1.5 proto 4 ttl 64 quote { 198.51.100.9:40000 > 192.0.2.81:7777 tcp PA df len 1340 ttl 63 }
in   pods 10.0.9.9 > 10.0.1.1 icmp 3/4 mtu 1500 quote { 10.0.1.1 > 10.0.1.5 proto 4 df ttl 62 quote { 198.51.100.9:40000 > 192.0.2.81:7777 tcp PA df len 1400 ttl 63 } } upto 60
punt
in   pods 10.0.9.9 > 10.0.1.1 icmp 3/1 quote { 10.0.1.1 > 10.0.1.5 proto 4 df ttl 62 quote { 198.51.100.9:40000 > 192.0.2.81:7777 tcp PA df len 1400 ttl 63 } } upto 28
punt
