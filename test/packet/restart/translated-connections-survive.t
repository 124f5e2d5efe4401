# The process ends, the next one has its connections, ports and counters: no packet leaves with another source.
use test/conf/egress.conf

in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp S
out  wan  192.0.2.101:$a > 198.51.100.9:443 tcp S
in   wan  198.51.100.9:443 > 192.0.2.101:$a tcp SA
out  pods 198.51.100.9:443 > 10.0.1.5:4000 tcp SA
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp A
out  wan  192.0.2.101:$a > 198.51.100.9:443 tcp A
restart
known ESTABLISHED 1
in   wan  198.51.100.9:443 > 192.0.2.101:$a tcp PA len 100
out  pods 198.51.100.9:443 > 10.0.1.5:4000 tcp PA
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp A ack 5101
out  wan  192.0.2.101:$a > 198.51.100.9:443 tcp A
in   pods 10.0.1.6:4000 > 198.51.100.9:443 tcp S
out  wan  192.0.2.101:$b > 198.51.100.9:443 tcp S
check $a != $b
wait 7199s
known ESTABLISHED 1
wait 2s
known 0
