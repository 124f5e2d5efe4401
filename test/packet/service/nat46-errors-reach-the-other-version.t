# As nat64-errors-reach-the-other-version, the other way round.
use test/conf/services.conf
objects + families.yaml

in   wan   192.0.2.20:4001 > 192.0.2.64:80            tcp S df
out  pods  [2001:db8:2::1]:$b > [fd00:1::5]:8080      tcp S seq 1000

in   pods  fd00:1::5 > 2001:db8:2::1  icmp6 1/1 quote { [2001:db8:2::1]:$b > [fd00:1::5]:8080 tcp S ttl 63 }
out  wan   192.0.2.64 > 192.0.2.20  icmp 3/10 quote { 192.0.2.20:4001 > 192.0.2.64:80 tcp S ttl 63 seq 1000 }
in   pods  fd00:1::9 > 2001:db8:2::1  icmp6 2/0 mtu 1400 hopopts quote { [2001:db8:2::1]:$b > [fd00:1::5]:8080 tcp PA len 1440 }
out  wan   192.0.2.64 > 192.0.2.20  icmp 3/4 mtu 1380 quote { 192.0.2.20:4001 > 192.0.2.64:80 tcp PA len 1440 seq 1001 df } upto 1212
in   pods  fd00:1::9 > 2001:db8:2::1  icmp6 4/2 quote { [2001:db8:2::1]:$b > [fd00:1::5]:8080 tcp A }
drop NO_TRANSLATION
# A router that is too old to tell the MTU; the answer is told of in the server's bytes.
in   wan   192.0.2.254 > 192.0.2.64  icmp 3/4 quote { 192.0.2.64:80 > 192.0.2.20:4001 tcp SA df }
out  pods  2001:db8:2::1 > fd00:1::5  icmp6 2/0 mtu 1280 quote { [fd00:1::5]:8080 > [2001:db8:2::1]:$b tcp SA }
in   wan   192.0.2.254 > 192.0.2.64  icmp 11/0 quote { 192.0.2.64:80 > 192.0.2.20:4001 tcp SA df }
out  pods  2001:db8:2::1 > fd00:1::5  icmp6 3/0 quote { [fd00:1::5]:8080 > [2001:db8:2::1]:$b tcp SA }
# About a connection that is not known.
in   wan   192.0.2.254 > 192.0.2.64  icmp 11/0 quote { 192.0.2.64:80 > 192.0.2.20:4009 tcp SA df }
drop ICMP_NO_FLOW
