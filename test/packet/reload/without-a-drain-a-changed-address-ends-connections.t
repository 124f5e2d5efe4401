# They are reset, so that clients begin anew at once.
use test/conf/egress.conf drain=0

in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp S
out  wan  192.0.2.101:$a > 198.51.100.9:443 tcp S
in   wan  198.51.100.9:443 > 192.0.2.101:$a tcp SA
out  pods 198.51.100.9:443 > 10.0.1.5:4000 tcp SA
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp A
out  wan  192.0.2.101:$a > 198.51.100.9:443 tcp A
objects egress.d/cluster.yaml moved.yaml
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp PA len 10
answer pods 198.51.100.9:443 > 10.0.1.5:4000 tcp R
drop NAT_CHANGED
known 0
