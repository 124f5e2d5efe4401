# A router outside says that a packet of the pod was too big; the pod hears of its own packet.
use test/conf/egress.conf

in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp S df
out  wan  192.0.2.101:$a > 198.51.100.9:443 tcp S
in   wan  198.51.100.9:443 > 192.0.2.101:$a tcp SA
out  pods 198.51.100.9:443 > 10.0.1.5:4000 tcp SA
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp PA len 1440 df
out  wan  192.0.2.101:$a > 198.51.100.9:443 tcp PA
in   wan  203.0.113.1 > 192.0.2.101 icmp 3/4 mtu 1280 quote { 192.0.2.101:$a > 198.51.100.9:443 tcp PA len 1440 df ttl 60 } upto 548
out  pods 203.0.113.1 > 10.0.1.5 icmp 3/4 mtu 1280 quote { 10.0.1.5:4000 > 198.51.100.9:443 tcp PA len 1440 df ttl 60 } upto 548
