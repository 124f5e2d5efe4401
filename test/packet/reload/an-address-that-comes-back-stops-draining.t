# The change was a mistake: nothing is lost.
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
wait 100s
objects egress.d/cluster.yaml egress.d/egress.yaml
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp PA len 10 seq 1011
out  wan  192.0.2.101:$a > 198.51.100.9:443 tcp PA
wait 1000s
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp PA len 10 seq 1021
out  wan  192.0.2.101:$a > 198.51.100.9:443 tcp PA
known ESTABLISHED 1
