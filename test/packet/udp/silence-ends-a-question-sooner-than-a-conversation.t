# Thirty seconds without an answer, three minutes with one; a second before the connection is still there.
use test/conf/egress.conf

in   pods 10.0.1.5:4000 > 198.51.100.9:5060 udp
out  wan  192.0.2.101:$a > 198.51.100.9:5060 udp
wait 29s
known ONEWAY 1
wait 2s
known 0
in   wan  198.51.100.9:5060 > 192.0.2.101:$a udp
drop NO_FLOW
in   pods 10.0.1.5:4000 > 198.51.100.9:5060 udp
out  wan  192.0.2.101:$b > 198.51.100.9:5060 udp
in   wan  198.51.100.9:5060 > 192.0.2.101:$b udp
out  pods 198.51.100.9:5060 > 10.0.1.5:4000 udp
wait 179s
known ASSURED 1
in   wan  198.51.100.9:5060 > 192.0.2.101:$b udp
out  pods 198.51.100.9:5060 > 10.0.1.5:4000 udp
wait 179s
known ASSURED 1
wait 2s
known 0
event flow-close timeout
