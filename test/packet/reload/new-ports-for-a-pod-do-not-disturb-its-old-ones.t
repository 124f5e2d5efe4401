# The configured range moves; a connection outside it stays.
use test/conf/egress.conf
workers 1

in   pods 10.0.1.5:4000 > 198.51.100.9:443 udp
out  wan  192.0.2.101:$a > 198.51.100.9:443 udp
set port_first=50000 port_last=50999
in   pods 10.0.1.5:4000 > 198.51.100.9:443 udp
out  wan  192.0.2.101:$a > 198.51.100.9:443 udp
in   wan  198.51.100.9:443 > 192.0.2.101:$a udp
out  pods 198.51.100.9:443 > 10.0.1.5:4000 udp
in   pods 10.0.1.6:4000 > 198.51.100.9:443 udp
out  wan  192.0.2.101:$b > 198.51.100.9:443 udp
check $b >= 50000
check $b <= 50999
