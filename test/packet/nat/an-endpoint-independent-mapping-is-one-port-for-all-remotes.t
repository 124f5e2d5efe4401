# RFC 4787 REQ-1: a socket is seen as the same address and port by whoever it talks to.
use test/conf/egress.conf udp_mapping="endpoint_independent"

in   pods 10.0.1.5:4000 > 198.51.100.9:5060 udp
out  wan  192.0.2.101:$a > 198.51.100.9:5060 udp
in   pods 10.0.1.5:4000 > 203.0.113.7:3478 udp
out  wan  192.0.2.101:$a > 203.0.113.7:3478 udp
in   pods 10.0.1.6:4000 > 198.51.100.9:5060 udp
out  wan  192.0.2.101:$b > 198.51.100.9:5060 udp
check $a != $b
in   pods 10.0.1.6:4000 > 203.0.113.8:3478 udp
out  wan  192.0.2.101:$b > 203.0.113.8:3478 udp
in   wan  203.0.113.7:3478 > 192.0.2.101:$a udp
out  pods 203.0.113.7:3478 > 10.0.1.5:4000 udp
# Filtering stays by address and port: strangers get nothing.
in   wan  203.0.113.9:3478 > 192.0.2.101:$a udp
drop NO_FLOW
in   pods [fd00:1::5]:4000 > [2001:db8:9::9]:5060 udp
out  wan  [2001:db8:2::101]:$c > [2001:db8:9::9]:5060 udp
in   pods [fd00:1::5]:4000 > [2001:db8:9::a]:5061 udp
out  wan  [2001:db8:2::101]:$c > [2001:db8:9::a]:5061 udp
