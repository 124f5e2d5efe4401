# Pods leave with the gateway's address; the reply finds the pod; a stranger does not.
use test/conf/egress.conf

in     pods 10.0.1.5:4000 > 198.51.100.9:443    tcp S
out    wan  192.0.2.101:$a > 198.51.100.9:443   tcp S
in     wan  198.51.100.9:443 > 192.0.2.101:$a   tcp SA
out    pods 198.51.100.9:443 > 10.0.1.5:4000    tcp SA
in     wan  203.0.113.7:443 > 192.0.2.101:$a    tcp SA
drop   TCP_NOT_SYN
in     pods 10.0.1.5:4000 > 198.51.100.9:443    tcp A
out    wan  192.0.2.101:$a > 198.51.100.9:443   tcp A
in     pods 10.0.1.5:4000 > 198.51.100.9:443    tcp PA len 1000
out    wan  192.0.2.101:$a > 198.51.100.9:443   tcp PA
known  ESTABLISHED 1
