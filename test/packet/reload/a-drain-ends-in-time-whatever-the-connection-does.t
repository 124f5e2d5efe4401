# A connection that opens or closes meanwhile gets another timeout, but no other deadline.
use test/conf/egress.conf drain=60

in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp S
out  wan  192.0.2.101:$a > 198.51.100.9:443 tcp S
in   wan  198.51.100.9:443 > 192.0.2.101:$a tcp SA
out  pods 198.51.100.9:443 > 10.0.1.5:4000 tcp SA
objects egress.d/cluster.yaml moved.yaml
in   wan  198.51.100.9:443 > 192.0.2.101:$a tcp SA
out  pods 198.51.100.9:443 > 10.0.1.5:4000 tcp SA
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp A
out  wan  192.0.2.101:$a > 198.51.100.9:443 tcp A
known ESTABLISHED 1
wait 55s
known ESTABLISHED 1
wait 10s
known 0
event flow-close drained
