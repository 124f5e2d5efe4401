# Old connections keep theirs until they end or the deadline comes; new ones have the new one at once.
use test/conf/egress.conf drain=600

in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp S
out  wan  192.0.2.101:$a > 198.51.100.9:443 tcp S
in   wan  198.51.100.9:443 > 192.0.2.101:$a tcp SA
out  pods 198.51.100.9:443 > 10.0.1.5:4000 tcp SA
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp A
out  wan  192.0.2.101:$a > 198.51.100.9:443 tcp A
objects egress.d/cluster.yaml moved.yaml
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp PA len 10
out  wan  192.0.2.101:$a > 198.51.100.9:443 tcp PA
in   wan  198.51.100.9:443 > 192.0.2.101:$a tcp A ack 1011
out  pods 198.51.100.9:443 > 10.0.1.5:4000 tcp A
in   pods 10.0.1.5:4001 > 198.51.100.9:443 tcp S
out  wan  192.0.2.150:$b > 198.51.100.9:443 tcp S
wait 595s
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp PA len 10 seq 1011
out  wan  192.0.2.101:$a > 198.51.100.9:443 tcp PA
known ESTABLISHED 1
wait 10s
known ESTABLISHED 0
event flow-close drained
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp PA len 10 seq 1021
drop TCP_NOT_SYN
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp S
out  wan  192.0.2.150:$c > 198.51.100.9:443 tcp S
