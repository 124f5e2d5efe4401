# The longest drain there is; a packet now and then, and the old address still serves at its end.
use test/conf/egress.conf drain=32400

in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp S
out  wan  192.0.2.101:$a > 198.51.100.9:443 tcp S
in   wan  198.51.100.9:443 > 192.0.2.101:$a tcp SA
out  pods 198.51.100.9:443 > 10.0.1.5:4000 tcp SA
objects egress.d/cluster.yaml moved.yaml
in   wan  198.51.100.9:443 > 192.0.2.101:$a tcp SA
out  pods 198.51.100.9:443 > 10.0.1.5:4000 tcp SA
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp A
out  wan  192.0.2.101:$a > 198.51.100.9:443 tcp A
wait 7000s
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp PA len 10
out  wan  192.0.2.101:$a > 198.51.100.9:443 tcp PA
known ESTABLISHED 1
