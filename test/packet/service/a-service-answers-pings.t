# Whole or in pieces, of both families; it is the service that answers, with its own hop limit.
use test/conf/services.conf

in     wan  198.51.100.9 > 192.0.2.81               icmp echo 7 1 len 56 id 99
out    wan  192.0.2.81 > 198.51.100.9               icmp reply 7 1 ttl 64 len 56 id 99
in     wan  198.51.100.9 > 192.0.2.81               icmp echo 7 2 len 56 ttl 1 df
out    wan  192.0.2.81 > 198.51.100.9               icmp reply 7 2 ttl 64
in     wan  2001:db8:9::9 > 2001:db8:2::81          icmp6 echo 7 1 len 56
out    wan  2001:db8:2::81 > 2001:db8:9::9          icmp6 reply 7 1 ttl 64
in     pods 10.0.1.20 > 10.96.0.81                  icmp echo 7 1
out    pods 10.96.0.81 > 10.0.1.20                  icmp reply 7 1 ttl 64
in     wan  10.0.1.20 > 192.0.2.81                  icmp echo 7 1
drop   INVALID_SOURCE
in     wan  198.51.100.9 > 192.0.2.81               icmp reply 7 1
drop   NO_FLOW
known  0
