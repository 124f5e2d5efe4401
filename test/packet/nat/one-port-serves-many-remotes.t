# A port is taken only towards one remote address and port.
use test/conf/egress.conf
workers 1

in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp S
out  wan  192.0.2.101:4000 > 198.51.100.9:443 tcp S
in   pods 10.0.1.6:4000 > 198.51.100.10:443 tcp S
out  wan  192.0.2.101:4000 > 198.51.100.10:443 tcp S
in   pods 10.0.1.7:4000 > 198.51.100.9:444 tcp S
out  wan  192.0.2.101:4000 > 198.51.100.9:444 tcp S
in   pods 10.0.1.7:4000 > 198.51.100.9:443 udp
out  wan  192.0.2.101:4000 > 198.51.100.9:443 udp
in   wan  198.51.100.10:443 > 192.0.2.101:4000 tcp SA
out  pods 198.51.100.10:443 > 10.0.1.6:4000 tcp SA
in   wan  198.51.100.9:443 > 192.0.2.101:4000 tcp SA
out  pods 198.51.100.9:443 > 10.0.1.5:4000 tcp SA
