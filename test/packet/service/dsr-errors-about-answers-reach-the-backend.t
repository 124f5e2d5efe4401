# The answer went past us; who could not pass it on tells the service's address, which is ours.
use test/conf/services.conf mode="dsr"

in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp S df
out  pods 198.51.100.9:40000 > 10.0.1.5:7777   tcp S options 9a08611e510200c0
in   wan  203.0.113.1 > 192.0.2.81 icmp 3/4 mtu 1280 quote { 192.0.2.81:7777 > 198.51.100.9:40000 tcp PA len 1440 df ttl 60 } upto 548
out  pods 203.0.113.1 > 10.0.1.5 icmp 3/4 mtu 1280 quote { 10.0.1.5:7777 > 198.51.100.9:40000 tcp PA len 1440 df ttl 60 } upto 548
set dispatch="ipip"
in   wan  198.51.100.9:50000 > 192.0.2.81:7777 tcp S df
out  pods 10.0.1.1 > 10.0.1.5 proto 4 ttl 64 quote { 198.51.100.9:50000 > 192.0.2.81:7777 tcp S df ttl 63 }
in   wan  203.0.113.1 > 192.0.2.81 icmp 3/4 mtu 1280 quote { 192.0.2.81:7777 > 198.51.100.9:50000 tcp PA len 1440 df ttl 60 } upto 548
out  pods 10.0.1.1 > 10.0.1.5 proto 4 ttl 64 id $i quote { 203.0.113.1 > 192.0.2.81 icmp 3/4 mtu 1280 ttl 63 quote { 192.0.2.81:7777 > 198.51.100.9:50000 tcp PA len 1440 df ttl 60 } upto 548 }
