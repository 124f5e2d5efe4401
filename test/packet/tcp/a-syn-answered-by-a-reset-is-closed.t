# A closed port outside: the pod learns it, and the connection is over.
use test/conf/egress.conf

in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp S
out  wan  192.0.2.101:$a > 198.51.100.9:443 tcp S
in   wan  198.51.100.9:443 > 192.0.2.101:$a tcp RA seq 0 ack 1001
out  pods 198.51.100.9:443 > 10.0.1.5:4000 tcp RA
known CLOSED 1
wait 29s
known 1
wait 2s
known 0
