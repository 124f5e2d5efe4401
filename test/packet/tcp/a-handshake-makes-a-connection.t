# Half open until the last acknowledgement, and the states have their names.
use test/conf/egress.conf

in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp S
out  wan  192.0.2.101:$a > 198.51.100.9:443 tcp S
known SYN_SENT 1
in   wan  198.51.100.9:443 > 192.0.2.101:$a tcp SA
out  pods 198.51.100.9:443 > 10.0.1.5:4000 tcp SA
known SYN_RECV 1
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp A
out  wan  192.0.2.101:$a > 198.51.100.9:443 tcp A
known ESTABLISHED 1
in   wan  198.51.100.9:443 > 192.0.2.101:$a tcp PA len 1460
out  pods 198.51.100.9:443 > 10.0.1.5:4000 tcp PA
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp A ack 6461
out  wan  192.0.2.101:$a > 198.51.100.9:443 tcp A
