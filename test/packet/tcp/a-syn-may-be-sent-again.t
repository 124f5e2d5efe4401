# Lost on the way, with the same number or a new one.
use test/conf/egress.conf

in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp S
out  wan  192.0.2.101:$a > 198.51.100.9:443 tcp S
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp S
out  wan  192.0.2.101:$a > 198.51.100.9:443 tcp S
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp S seq 9000
out  wan  192.0.2.101:$a > 198.51.100.9:443 tcp S
known SYN_SENT 1
in   wan  198.51.100.9:443 > 192.0.2.101:$a tcp SA
drop TCP_OUT_OF_WINDOW
in   wan  198.51.100.9:443 > 192.0.2.101:$a tcp SA ack 9001
out  pods 198.51.100.9:443 > 10.0.1.5:4000 tcp SA
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp S seq 9000
out  wan  192.0.2.101:$a > 198.51.100.9:443 tcp S
in   wan  198.51.100.9:443 > 192.0.2.101:$a tcp SA ack 9001
out  pods 198.51.100.9:443 > 10.0.1.5:4000 tcp SA
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp A seq 9001
out  wan  192.0.2.101:$a > 198.51.100.9:443 tcp A
known ESTABLISHED 1
