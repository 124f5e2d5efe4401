# Most clients do not notice that there is a translator.
use test/conf/egress.conf
workers 1

in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp S
out  wan  192.0.2.101:$a > 198.51.100.9:443 tcp S
check $a == 4000
in   pods 10.0.1.5:4000 > 198.51.100.9:53 udp
out  wan  192.0.2.101:$b > 198.51.100.9:53 udp
check $b == 4000
in   pods 10.0.1.5:80 > 198.51.100.9:8080 tcp S
out  wan  192.0.2.101:$c > 198.51.100.9:8080 tcp S
check $c >= 1024
