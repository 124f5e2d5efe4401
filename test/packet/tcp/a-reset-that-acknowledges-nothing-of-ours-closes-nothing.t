# A blind attacker does not know the number.
use test/conf/egress.conf

in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp S
out  wan  192.0.2.101:$a > 198.51.100.9:443 tcp S
in   wan  198.51.100.9:443 > 192.0.2.101:$a tcp RA seq 0 ack 2001
drop TCP_OUT_OF_WINDOW
in   wan  198.51.100.9:443 > 192.0.2.101:$a tcp R seq 1
drop TCP_BAD_STATE
known SYN_SENT 1
in   wan  198.51.100.9:443 > 192.0.2.101:$a tcp A
drop TCP_BAD_STATE
in   wan  198.51.100.9:443 > 192.0.2.101:$a tcp SA ack 1000
drop TCP_OUT_OF_WINDOW
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp A
drop TCP_BAD_STATE
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp R seq 77
drop TCP_OUT_OF_WINDOW
known SYN_SENT 1
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp R seq 1001
out  wan  192.0.2.101:$a > 198.51.100.9:443 tcp R
known CLOSED 1
