# Its checksum covers the ports.
use test/conf/services.conf

in     wan  198.51.100.9:40000 > 192.0.2.80:9999    sctp len 40
out    pods 192.0.2.1:$a > 10.0.1.6:9999            sctp
in     pods 10.0.1.6:9999 > 192.0.2.1:$a            sctp len 40
out    wan  192.0.2.80:9999 > 198.51.100.9:40000    sctp
