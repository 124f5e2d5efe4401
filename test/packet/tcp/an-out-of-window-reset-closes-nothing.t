# Neither side can be cut off by who does not see the connection (RFC 5961).
use test/conf/egress.conf

in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp S
out  wan  192.0.2.101:$a > 198.51.100.9:443 tcp S
in   wan  198.51.100.9:443 > 192.0.2.101:$a tcp SA
out  pods 198.51.100.9:443 > 10.0.1.5:4000 tcp SA
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp A
out  wan  192.0.2.101:$a > 198.51.100.9:443 tcp A
in   wan  198.51.100.9:443 > 192.0.2.101:$a tcp R seq 900000000
drop TCP_OUT_OF_WINDOW
in   wan  198.51.100.9:443 > 192.0.2.101:$a tcp RA seq 4294900000 ack 1001
drop TCP_OUT_OF_WINDOW
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp R seq 900000000
drop TCP_OUT_OF_WINDOW
known ESTABLISHED 1
in   wan  198.51.100.9:443 > 192.0.2.101:$a tcp PA len 100
out  pods 198.51.100.9:443 > 10.0.1.5:4000 tcp PA
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp A ack 5101
out  wan  192.0.2.101:$a > 198.51.100.9:443 tcp A
