# One byte, or none, before what was acknowledged.
use test/conf/egress.conf

in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp S
out  wan  192.0.2.101:$a > 198.51.100.9:443 tcp S
in   wan  198.51.100.9:443 > 192.0.2.101:$a tcp SA
out  pods 198.51.100.9:443 > 10.0.1.5:4000 tcp SA
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp A
out  wan  192.0.2.101:$a > 198.51.100.9:443 tcp A
in   wan  198.51.100.9:443 > 192.0.2.101:$a tcp PA len 100
out  pods 198.51.100.9:443 > 10.0.1.5:4000 tcp PA
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp A ack 5101
out  wan  192.0.2.101:$a > 198.51.100.9:443 tcp A
wait 7000s
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp A seq 1000 ack 5101
out  wan  192.0.2.101:$a > 198.51.100.9:443 tcp A
in   wan  198.51.100.9:443 > 192.0.2.101:$a tcp A seq 5101
out  pods 198.51.100.9:443 > 10.0.1.5:4000 tcp A
wait 7000s
in   wan  198.51.100.9:443 > 192.0.2.101:$a tcp A seq 5100
out  pods 198.51.100.9:443 > 10.0.1.5:4000 tcp A
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp A ack 5101
out  wan  192.0.2.101:$a > 198.51.100.9:443 tcp A
known ESTABLISHED 1
