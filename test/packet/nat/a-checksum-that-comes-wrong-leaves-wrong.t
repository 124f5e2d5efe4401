# We change it by the difference; only the receiver can judge the rest.
use test/conf/egress.conf

in   pods 10.0.1.9:4000 > 198.51.100.9:5060 udp badsum
out  wan  10.0.1.9:4000 > 198.51.100.9:5060 udp badsum
