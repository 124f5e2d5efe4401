# Fragments and packets that waited for a neighbour do not outlive the process; the connections do.
use test/conf/egress.conf

in   pods 10.0.1.5:4000 > 198.51.100.9:443 udp len 1000 frag 7 800-
in   pods 10.0.1.9:4000 > 192.0.2.77:443 udp
nothing
restart
drop SHUTDOWN 2
known 1
neighbour add 192.0.2.77 wan 02:00:00:00:02:77
in   wan  192.0.2.77:443 > 10.0.1.9:4000 udp
out  pods 192.0.2.77:443 > 10.0.1.9:4000 udp
