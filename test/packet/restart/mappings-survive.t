# Endpoint-independent mappings keep their port and their users.
use test/conf/egress.conf udp_mapping="endpoint_independent"

in   pods 10.0.1.5:4000 > 198.51.100.9:5060 udp
out  wan  192.0.2.101:$a > 198.51.100.9:5060 udp
restart
in   pods 10.0.1.5:4000 > 203.0.113.7:3478 udp
out  wan  192.0.2.101:$a > 203.0.113.7:3478 udp
in   wan  198.51.100.9:5060 > 192.0.2.101:$a udp
out  pods 198.51.100.9:5060 > 10.0.1.5:4000 udp
known MAPPING 1
