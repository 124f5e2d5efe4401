# When the conf says so.
use test/conf/egress.conf dns_short=false

in   pods 10.0.1.5:4000 > 198.51.100.9:53 udp
out  wan  192.0.2.101:$a > 198.51.100.9:53 udp
in   wan  198.51.100.9:53 > 192.0.2.101:$a udp
out  pods 198.51.100.9:53 > 10.0.1.5:4000 udp
wait 179s
known 1
wait 2s
known 0
