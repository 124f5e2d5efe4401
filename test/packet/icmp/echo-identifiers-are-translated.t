# Two pods ping with the same identifier; each gets its own answers.
use test/conf/egress.conf

in   pods 10.0.1.5 > 198.51.100.9 icmp echo 7000 1 len 56
out  wan  192.0.2.101 > 198.51.100.9 icmp echo $a 1
in   pods 10.0.1.6 > 198.51.100.9 icmp echo 7000 1 len 56
out  wan  192.0.2.101 > 198.51.100.9 icmp echo $b 1
check $a != $b
in   wan  198.51.100.9 > 192.0.2.101 icmp reply $a 1 len 56
out  pods 198.51.100.9 > 10.0.1.5 icmp reply 7000 1
in   wan  198.51.100.9 > 192.0.2.101 icmp reply $b 1 len 56
out  pods 198.51.100.9 > 10.0.1.6 icmp reply 7000 1
in   pods 10.0.1.5 > 198.51.100.9 icmp echo 7000 2 len 56
out  wan  192.0.2.101 > 198.51.100.9 icmp echo $a 2
in   pods fd00:1::5 > 2001:db8:9::9 icmp6 echo 7000 1 len 56
out  wan  2001:db8:2::101 > 2001:db8:9::9 icmp6 echo $c 1
in   pods fd00:1::6 > 2001:db8:9::9 icmp6 echo 7000 1 len 57
out  wan  2001:db8:2::101 > 2001:db8:9::9 icmp6 echo $d 1
check $c != $d
in   wan  2001:db8:9::9 > 2001:db8:2::101 icmp6 reply $d 1 len 57
out  pods 2001:db8:9::9 > fd00:1::6 icmp6 reply 7000 1
known 4
