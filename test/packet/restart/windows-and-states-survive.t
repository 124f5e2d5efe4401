# What was out of the window before is so behind a restart.
use test/conf/egress.conf

in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp S
out  wan  192.0.2.101:$a > 198.51.100.9:443 tcp S
in   wan  198.51.100.9:443 > 192.0.2.101:$a tcp SA
out  pods 198.51.100.9:443 > 10.0.1.5:4000 tcp SA
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp A
out  wan  192.0.2.101:$a > 198.51.100.9:443 tcp A
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp FA
out  wan  192.0.2.101:$a > 198.51.100.9:443 tcp FA
restart
known FIN 1
in   wan  198.51.100.9:443 > 192.0.2.101:$a tcp R seq 90000000
drop TCP_OUT_OF_WINDOW
in   wan  198.51.100.9:443 > 192.0.2.101:$a tcp FA ack 1002
out  pods 198.51.100.9:443 > 10.0.1.5:4000 tcp FA
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp A seq 1002 ack 5002
out  wan  192.0.2.101:$a > 198.51.100.9:443 tcp A
known CLOSED 1
