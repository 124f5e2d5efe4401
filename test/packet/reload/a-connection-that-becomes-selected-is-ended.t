# No packet that an egress policy selects leaves with another source, not even of an old connection.
use test/conf/egress.conf

objects egress.d/cluster.yaml
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp S
out  wan  10.0.1.5:4000 > 198.51.100.9:443 tcp S
in   wan  198.51.100.9:443 > 10.0.1.5:4000 tcp SA
out  pods 198.51.100.9:443 > 10.0.1.5:4000 tcp SA
objects egress.d/cluster.yaml egress.d/egress.yaml
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp A
answer pods 198.51.100.9:443 > 10.0.1.5:4000 tcp R
drop NAT_CHANGED
known 0
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp S
out  wan  192.0.2.101:$a > 198.51.100.9:443 tcp S
