# Who has not seen the answer cannot name its number; half-open connections go after half a minute.
use test/conf/egress.conf

in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp S
out  wan  192.0.2.101:$a > 198.51.100.9:443 tcp S
in   wan  198.51.100.9:443 > 192.0.2.101:$a tcp SA
out  pods 198.51.100.9:443 > 10.0.1.5:4000 tcp SA
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp A ack 5002
drop TCP_OUT_OF_WINDOW
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp A ack 5000
out  wan  192.0.2.101:$a > 198.51.100.9:443 tcp A
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp PA ack 4000 len 10
out  wan  192.0.2.101:$a > 198.51.100.9:443 tcp PA
known SYN_RECV 1
wait 32s
known 0
