# Where routes are asymmetric.
use test/conf/egress.conf verify_source@1=false

in   pods 203.0.113.7:4000 > 10.0.1.5:443 udp
out  pods 203.0.113.7:4000 > 10.0.1.5:443 udp
