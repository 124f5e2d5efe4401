# Extension headers in the quote are walked, too.
use test/conf/egress.conf

in   pods [fd00:1::5]:4000 > [2001:db8:9::9]:443 tcp S
out  wan  [2001:db8:2::101]:$t > [2001:db8:9::9]:443 tcp S
in   wan  2001:db8:7::7 > 2001:db8:2::101 icmp6 3/0 quote { [2001:db8:2::101]:$t > [2001:db8:9::9]:443 tcp S hopopts dstopts ttl 1 }
out  pods 2001:db8:7::7 > fd00:1::5 icmp6 3/0 quote { [fd00:1::5]:4000 > [2001:db8:9::9]:443 tcp S hopopts dstopts ttl 1 }
in   wan  2001:db8:7::7 > 2001:db8:2::101 icmp6 3/0 quote { [2001:db8:2::101]:$t > [2001:db8:9::9]:443 tcp S ttl 1 } upto 48
out  pods 2001:db8:7::7 > fd00:1::5 icmp6 3/0 quote { [fd00:1::5]:4000 > [2001:db8:9::9]:443 tcp S ttl 1 } upto 48
in   pods fd00:1::5 > 2001:db8:9::9 icmp6 echo 4002 1
out  wan  2001:db8:2::101 > 2001:db8:9::9 icmp6 echo $i 1
in   wan  2001:db8:7::7 > 2001:db8:2::101 icmp6 1/3 quote { 2001:db8:2::101 > 2001:db8:9::9 icmp6 echo $i 1 ttl 1 }
out  pods 2001:db8:7::7 > fd00:1::5 icmp6 1/3 quote { fd00:1::5 > 2001:db8:9::9 icmp6 echo 4002 1 ttl 1 }
