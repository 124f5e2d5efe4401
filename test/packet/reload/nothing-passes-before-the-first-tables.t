# Closed: dropped by name until the tables are there.
use test/conf/egress.conf

unready
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp S
drop NOT_READY
in   wan  198.51.100.9:443 > 192.0.2.101:4000 tcp S
drop NOT_READY
publish
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp S
out  wan  192.0.2.101:$a > 198.51.100.9:443 tcp S
