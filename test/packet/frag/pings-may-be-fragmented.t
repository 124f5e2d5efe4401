# The identifier stands in the first fragment only.
use test/conf/egress.conf

in   pods 10.0.1.5 > 198.51.100.9 icmp echo 7 1 len 2000 frag 5 1480-
nothing
in   pods 10.0.1.5 > 198.51.100.9 icmp echo 7 1 len 2000 frag 5 0-1480
out  wan  192.0.2.101 > 198.51.100.9 icmp echo $a 1
out  wan  192.0.2.101 > 198.51.100.9 icmp echo $a 1 frag 5 1480-
in   pods fd00:1::5 > 2001:db8:9::9 icmp6 echo 7 1 len 2000 frag 5 0-1448
in   pods fd00:1::5 > 2001:db8:9::9 icmp6 echo 7 1 len 2000 frag 5 1448-
out  wan  2001:db8:2::101 > 2001:db8:9::9 icmp6 echo $b 1
out  wan  2001:db8:2::101 > 2001:db8:9::9 icmp6 echo $b 1
