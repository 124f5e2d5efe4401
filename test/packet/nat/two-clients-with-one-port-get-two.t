# Both talk to the same server from the same port; each hears its own answers.
use test/conf/egress.conf

in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp S
in   pods 10.0.1.6:4000 > 198.51.100.9:443 tcp S seq 2000
out  wan  192.0.2.101:$a > 198.51.100.9:443 tcp S
out  wan  192.0.2.101:$b > 198.51.100.9:443 tcp S
check $a != $b
in   wan  198.51.100.9:443 > 192.0.2.101:$a tcp SA
out  pods 198.51.100.9:443 > 10.0.1.5:4000 tcp SA
in   wan  198.51.100.9:443 > 192.0.2.101:$b tcp SA ack 2001
out  pods 198.51.100.9:443 > 10.0.1.6:4000 tcp SA
