# One question, one answer: ten seconds, answered or not; also when the pod is the server.
use test/conf/egress.conf

in   pods 10.0.1.5:4000 > 198.51.100.9:53 udp
out  wan  192.0.2.101:$a > 198.51.100.9:53 udp
in   wan  198.51.100.9:53 > 192.0.2.101:$a udp
out  pods 198.51.100.9:53 > 10.0.1.5:4000 udp
wait 9s
known 1
wait 2s
known 0
in   wan  198.51.100.9:4000 > 10.0.1.9:53 udp
out  pods 198.51.100.9:4000 > 10.0.1.9:53 udp
wait 9s
known 1
wait 2s
known 0
