# Nobody speaks for another in a connection that was never answered either.
use test/conf/egress.conf

in   pods 10.0.1.9:4000 > 198.51.100.9:5060 udp
out  wan  10.0.1.9:4000 > 198.51.100.9:5060 udp
in   wan  10.0.1.9:4000 > 198.51.100.9:5060 udp
drop INVALID_SOURCE
