# And their way back leads through the gateway.
use test/conf/services.conf
objects + pools.yaml

in     wan  198.51.100.9:40000 > 192.0.2.90:80      tcp S
out    pods 198.51.100.9:40000 > 10.0.1.5:8080      tcp S
in     pods 10.0.1.5:8080 > 198.51.100.9:40000      tcp SA
out    wan  192.0.2.90:80 > 198.51.100.9:40000      tcp SA
in     wan  198.51.100.9:40000 > 192.0.2.90:80      tcp A
out    pods 198.51.100.9:40000 > 10.0.1.5:8080      tcp A
in     wan  198.51.100.9:40000 > 192.0.2.90:80      tcp PA len 500
out    pods 198.51.100.9:40000 > 10.0.1.5:8080      tcp PA
known  ESTABLISHED 1
in     wan  [2001:db8:9::9]:40000 > [2001:db8:2::90]:80   udp
out    pods [2001:db8:9::9]:40000 > [fd00:1::5]:8080      udp
in     pods [fd00:1::5]:8080 > [2001:db8:9::9]:40000      udp
out    wan  [2001:db8:2::90]:80 > [2001:db8:9::9]:40000   udp
known  ASSURED 1
