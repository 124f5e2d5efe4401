# The gateway's own address: what is no service's port, and what no connection of a service, is the kernel's.
use test/conf/services.conf

in     wan  198.51.100.9:40000 > 192.0.2.1:30053    udp
out    pods 192.0.2.1:$a > 10.0.1.7:5353            udp
in     pods 10.0.1.7:5353 > 192.0.2.1:$a            udp
out    wan  192.0.2.1:30053 > 198.51.100.9:40000    udp
in     wan  198.51.100.9:40000 > 192.0.2.1:22       tcp S
punt
in     wan  198.51.100.9:40000 > 192.0.2.1:30080    tcp A
punt
in     wan  198.51.100.9 > 192.0.2.1                icmp echo 7 1
punt
