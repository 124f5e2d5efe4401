# GRE has no ports: its one answer tuple belongs to the first client, the second is refused by name until then.
use test/conf/egress.conf

in   pods 10.0.1.5 > 198.51.100.9 proto 47
out  wan  192.0.2.101 > 198.51.100.9 proto 47
in   wan  198.51.100.9 > 192.0.2.101 proto 47
out  pods 198.51.100.9 > 10.0.1.5 proto 47
in   pods 10.0.1.6 > 198.51.100.9 proto 47
answer pods 10.0.1.1 > 10.0.1.6 icmp 3/13
drop NAT_PROTOCOL
in   pods 10.0.1.6 > 198.51.100.10 proto 47
out  wan  192.0.2.101 > 198.51.100.10 proto 47
in   pods 10.0.1.6 > 198.51.100.9 proto 50
out  wan  192.0.2.101 > 198.51.100.9 proto 50
in   pods fd00:1::5 > 2001:db8:9::9 proto 47
out  wan  2001:db8:2::101 > 2001:db8:9::9 proto 47
in   wan  2001:db8:9::9 > 2001:db8:2::101 proto 47
out  pods 2001:db8:9::9 > fd00:1::5 proto 47
wait 62s
known 0
in   pods 10.0.1.6 > 198.51.100.9 proto 47
out  wan  192.0.2.101 > 198.51.100.9 proto 47
