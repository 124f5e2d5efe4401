# Of several addresses one client always leaves with the same, so that a server sees one client.
use test/conf/egress.conf

in   pods 10.0.1.8:4000 > 198.51.100.9:443 tcp S
out  wan  $x:$a > 198.51.100.9:443 tcp S
in   pods 10.0.1.8:4001 > 198.51.100.9:443 tcp S
out  wan  $x:$b > 198.51.100.9:443 tcp S
in   pods 10.0.1.8:4000 > 203.0.113.7:80 tcp S
out  wan  $x:$c > 203.0.113.7:80 tcp S
in   pods 10.0.1.8 > 203.0.113.7 icmp echo 5 1
out  wan  $x > 203.0.113.7 icmp echo $d 1
in   wan  203.0.113.7:80 > $x:$c tcp SA
out  pods 203.0.113.7:80 > 10.0.1.8:4000 tcp SA
