# More specific routes go their own way, on-link destinations without a gateway.
use test/conf/egress.conf

route add 203.0.113.0/24 port wan via 192.0.2.20
in   pods 10.0.1.9:4000 > 203.0.113.7:443 udp
out  wan  10.0.1.9:4000 > 203.0.113.7:443 udp
in   pods 10.0.1.9:4000 > 192.0.2.20:443 udp
out  wan  10.0.1.9:4000 > 192.0.2.20:443 udp
in   pods 10.0.1.9:4000 > 204.0.113.7:443 udp
out  wan  10.0.1.9:4000 > 204.0.113.7:443 udp
