# Zero means that there is none (RFC 768); it must not become one that is wrong.
use test/conf/egress.conf

in   pods 10.0.1.5:4000 > 198.51.100.9:5060 udp nosum
out  wan  192.0.2.101:$a > 198.51.100.9:5060 udp
in   wan  198.51.100.9:5060 > 192.0.2.101:$a udp nosum len 31
out  pods 198.51.100.9:5060 > 10.0.1.5:4000 udp
in   pods 10.0.1.5:4000 > 198.51.100.9:5061 udplite
out  wan  192.0.2.101:$b > 198.51.100.9:5061 udplite
