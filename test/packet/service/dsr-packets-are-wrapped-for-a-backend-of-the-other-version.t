# What the outer packet is says nothing about the one inside; its port may be the backend's.
use test/conf/services.conf mode="dsr" dispatch="ipip"
objects + families.yaml

in   wan  [2001:db8:9::9]:40000 > [2001:db8:2::64]:53 udp len 100
out  pods 10.0.1.1 > 10.0.1.5 proto 41 ttl 64 id $i quote { [2001:db8:9::9]:40000 > [2001:db8:2::64]:5353 udp len 100 ttl 63 }
in   wan  198.51.100.9:40000 > 192.0.2.64:80 tcp S df
out  pods fd00:1::1 > fd00:1::5 proto 4 ttl 64 anylabel quote { 198.51.100.9:40000 > 192.0.2.64:8080 tcp S df ttl 63 }
in   wan  198.51.100.9:40000 > 192.0.2.64:80 tcp A df len 1400
out  pods fd00:1::1 > fd00:1::5 proto 4 ttl 64 anylabel quote { 198.51.100.9:40000 > 192.0.2.64:8080 tcp A df len 1400 ttl 63 }
in   wan  198.51.100.9:40000 > 192.0.2.64:80 tcp A df len 1421 seq 2401
answer wan 192.0.2.1 > 198.51.100.9 icmp 3/4 mtu 1460
drop TOO_BIG
in   pods fd00:9::9 > fd00:1::1 icmp6 2/0 mtu 1400 quote { fd00:1::1 > fd00:1::5 proto 4 ttl 62 quote { 198.51.100.9:40000 > 192.0.2.64:8080 tcp A df len 1400 ttl 63 } } upto 1232
out  wan  192.0.2.1 > 198.51.100.9 icmp 3/4 mtu 1360 ttl 63 df id 0 quote { 198.51.100.9:40000 > 192.0.2.64:80 tcp A df len 1400 ttl 63 } upto 548
