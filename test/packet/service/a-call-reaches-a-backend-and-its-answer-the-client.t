# Outside sees the service; the backend sees an address of ours, and answers to that.
use test/conf/services.conf

in     wan  198.51.100.9:40000 > 192.0.2.81:7777   tcp S
out    pods 192.0.2.1:$a > 10.0.1.5:7777           tcp S
in     pods 10.0.1.5:7777 > 192.0.2.1:$a           tcp SA
out    wan  192.0.2.81:7777 > 198.51.100.9:40000   tcp SA
in     wan  198.51.100.9:40000 > 192.0.2.81:7777   tcp A
out    pods 192.0.2.1:$a > 10.0.1.5:7777           tcp A
in     wan  198.51.100.9:40000 > 192.0.2.81:7777   tcp PA len 1000
out    pods 192.0.2.1:$a > 10.0.1.5:7777           tcp PA
known  ESTABLISHED 1

# Again over UDP
in     wan  198.51.100.9:40000 > 192.0.2.81:7777   udp len 10
out    pods 192.0.2.1:$u > 10.0.1.5:7777           udp
in     pods 10.0.1.5:7777 > 192.0.2.1:$u           udp len 20
out    wan  192.0.2.81:7777 > 198.51.100.9:40000   udp
known  ASSURED 1

# Somebody else's packet to that port is no answer.
in     pods 10.0.1.6:7777 > 192.0.2.1:$u           udp len 20
punt
