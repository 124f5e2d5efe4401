# Whatever the mode: it must see an address that is not its own, or it would answer itself.
use test/conf/services.conf
objects + pools.yaml

in     pods 10.0.1.5:4000 > 192.0.2.81:7777     udp
out    pods 192.0.2.1:$a > 10.0.1.5:7777        udp
in     pods 10.0.1.5:7777 > 192.0.2.1:$a        udp
out    pods 192.0.2.81:7777 > 10.0.1.5:4000     udp
in     pods 10.0.1.5:4000 > 192.0.2.90:80       udp
out    pods 192.0.2.1:$b > 10.0.1.5:8080        udp
in     pods 10.0.1.5:8080 > 192.0.2.1:$b        udp
out    pods 192.0.2.90:80 > 10.0.1.5:4000       udp
# Even from the port by which it is called itself
in     pods 10.0.1.5:8080 > 192.0.2.90:80       udp
out    pods 192.0.2.1:$c > 10.0.1.5:8080        udp
in     pods 10.0.1.5:8080 > 192.0.2.1:$c        udp
out    pods 192.0.2.90:80 > 10.0.1.5:8080       udp
in     pods [fd00:1::5]:4000 > [2001:db8:2::90]:80   udp
out    pods [2001:db8:2::1]:$d > [fd00:1::5]:8080    udp
