# Simultaneous open (RFC 9293 section 3.5).
use test/conf/egress.conf

in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp S
out  wan  192.0.2.101:$a > 198.51.100.9:443 tcp S
in   wan  198.51.100.9:443 > 192.0.2.101:$a tcp S
out  pods 198.51.100.9:443 > 10.0.1.5:4000 tcp S
known SYN_RECV 1
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp SA seq 1000 ack 5001
out  wan  192.0.2.101:$a > 198.51.100.9:443 tcp SA
in   wan  198.51.100.9:443 > 192.0.2.101:$a tcp SA seq 5000 ack 1001
out  pods 198.51.100.9:443 > 10.0.1.5:4000 tcp SA
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp A
out  wan  192.0.2.101:$a > 198.51.100.9:443 tcp A
known ESTABLISHED 1
in   wan  198.51.100.9:443 > 192.0.2.101:$a tcp A len 10
out  pods 198.51.100.9:443 > 10.0.1.5:4000 tcp A
