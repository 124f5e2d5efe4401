# Hairpinning, RFC 4787 section 6: the called one sees the caller's outside address.
# Mappings of two workers cannot meet yet.
use test/conf/egress.conf udp_mapping="endpoint_independent"
workers 1

in   pods 10.0.1.5:4000 > 198.51.100.9:3478 udp
out  wan  192.0.2.101:$a > 198.51.100.9:3478 udp
in   pods 10.0.1.6:5000 > 198.51.100.9:3478 udp
out  wan  192.0.2.101:$b > 198.51.100.9:3478 udp
in   pods 10.0.1.5:4000 > 192.0.2.101:$b udp len 30
out  pods 192.0.2.101:$a > 10.0.1.6:5000 udp
in   pods 10.0.1.6:5000 > 192.0.2.101:$a udp len 31
out  pods 192.0.2.101:$b > 10.0.1.5:4000 udp
in   pods 10.0.1.5:4000 > 192.0.2.101:$b udp len 32
out  pods 192.0.2.101:$a > 10.0.1.6:5000 udp
# From outside nobody comes in this way.
in   wan  203.0.113.9:4000 > 192.0.2.101:$b udp len 32
drop NO_FLOW
