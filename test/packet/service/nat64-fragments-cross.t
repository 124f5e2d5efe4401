# Fragments of IPv6 become fragments of IPv4 with the low half of the identification; what has
# options inside of its fragments, or SCTP's checksum over all of them, has no form there.
use test/conf/services.conf
objects + families.yaml

in   wan   [2001:db8:2::20]:4001 > [2001:db8:2::64]:53  udp len 2000 frag 65619 1000-
in   wan   [2001:db8:2::20]:4001 > [2001:db8:2::64]:53  udp len 2000 frag 65619 0-1000
out  pods  192.0.2.1:$b > 10.0.1.5:5353                 udp frag 83 1000-
out  pods  192.0.2.1:$b > 10.0.1.5:5353                 udp frag 83 0-1000
in   pods  10.0.1.5:5353 > 192.0.2.1:$b                 udp len 2000 frag 9 0-1000
out  wan   [2001:db8:2::64]:53 > [2001:db8:2::20]:4001  udp
in   pods  10.0.1.5:5353 > 192.0.2.1:$b                 udp len 2000 frag 9 1000-
out  wan   [2001:db8:2::64]:53 > [2001:db8:2::20]:4001  udp
in   pods  10.0.1.5:5353 > 192.0.2.1:$b                 udp nosum len 2000 frag 10 0-1000
drop NO_TRANSLATION
in   wan   [2001:db8:2::20]:4001 > [2001:db8:2::64]:53  udp len 2000 frag 12 0-1000 dstopts
drop NO_TRANSLATION
in   wan   [2001:db8:2::20]:4001 > [2001:db8:2::64]:53  udp ext 43 00020100000000
drop NO_TRANSLATION
in   wan   [2001:db8:2::20]:4001 > [2001:db8:2::64]:53  udp ttl 1
answer wan 2001:db8:2::1 > 2001:db8:2::20               icmp6 3/0
drop TTL_EXCEEDED
