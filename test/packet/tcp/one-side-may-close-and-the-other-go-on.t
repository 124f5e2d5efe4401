# Half-closed: data the other way keeps it.
use test/conf/egress.conf

in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp S
out  wan  192.0.2.101:$a > 198.51.100.9:443 tcp S
in   wan  198.51.100.9:443 > 192.0.2.101:$a tcp SA
out  pods 198.51.100.9:443 > 10.0.1.5:4000 tcp SA
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp A
out  wan  192.0.2.101:$a > 198.51.100.9:443 tcp A
in   wan  198.51.100.9:443 > 192.0.2.101:$a tcp FA
out  pods 198.51.100.9:443 > 10.0.1.5:4000 tcp FA
wait 59s
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp PA len 100 ack 5002
out  wan  192.0.2.101:$a > 198.51.100.9:443 tcp PA
wait 59s
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp PA seq 1101 len 100 ack 5002
out  wan  192.0.2.101:$a > 198.51.100.9:443 tcp PA
known FIN 1
wait 62s
known 0
