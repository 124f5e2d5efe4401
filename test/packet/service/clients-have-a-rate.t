# Three at once, then two a second; others are not touched, and packets of connections do not count.
use test/conf/services.conf
objects + pools.yaml

in     wan  198.51.100.9:4000 > 192.0.2.92:80       udp
out    pods 192.0.2.1:$a > 10.0.1.5:8080            udp
in     wan  198.51.100.9:4001 > 192.0.2.92:80       udp
out    pods 192.0.2.1:$b > 10.0.1.5:8080            udp
in     wan  198.51.100.9:4002 > 192.0.2.92:80       udp
out    pods 192.0.2.1:$c > 10.0.1.5:8080            udp
in     wan  198.51.100.9:4003 > 192.0.2.92:80       udp
drop   SERVICE_SOURCE_RATE
in     wan  198.51.100.9:4002 > 192.0.2.92:80       udp
out    pods 192.0.2.1:$c > 10.0.1.5:8080            udp
in     wan  198.51.100.10:4003 > 192.0.2.92:80      udp
out    pods 192.0.2.1:$d > 10.0.1.5:8080            udp
wait   500ms
in     wan  198.51.100.9:4003 > 192.0.2.92:80       udp
out    pods 192.0.2.1:$e > 10.0.1.5:8080            udp
in     wan  198.51.100.9:4004 > 192.0.2.92:80       udp
drop   SERVICE_SOURCE_RATE
