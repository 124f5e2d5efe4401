# Beyond what the receiver allows, long before what it wants, acknowledging what was not sent or what is ancient.
use test/conf/egress.conf

in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp S
out  wan  192.0.2.101:$a > 198.51.100.9:443 tcp S
in   wan  198.51.100.9:443 > 192.0.2.101:$a tcp SA
out  pods 198.51.100.9:443 > 10.0.1.5:4000 tcp SA
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp A
out  wan  192.0.2.101:$a > 198.51.100.9:443 tcp A
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp PA seq 900000000 len 10
drop TCP_OUT_OF_WINDOW
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp PA seq 4294900000 len 10
drop TCP_OUT_OF_WINDOW
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp A ack 5002
drop TCP_OUT_OF_WINDOW
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp A ack 4294900000
drop TCP_OUT_OF_WINDOW
in   wan  198.51.100.9:443 > 192.0.2.101:$a tcp A ack 1002
drop TCP_OUT_OF_WINDOW
in   wan  198.51.100.9:443 > 192.0.2.101:$a tcp A seq 70538
drop TCP_OUT_OF_WINDOW
in   wan  198.51.100.9:443 > 192.0.2.101:$a tcp A seq 5001
out  pods 198.51.100.9:443 > 10.0.1.5:4000 tcp A
