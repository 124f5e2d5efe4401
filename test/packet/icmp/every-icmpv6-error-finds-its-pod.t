# ICMPv6 types 1 to 4 and those not invented yet; the outer checksum covers the addresses, too.
use test/conf/egress.conf

in   pods [fd00:1::5]:4000 > [2001:db8:9::9]:53 udp len 32
out  wan  [2001:db8:2::101]:$a > [2001:db8:9::9]:53 udp
in   wan  2001:db8:7::7 > 2001:db8:2::101 icmp6 1/0 quote { [2001:db8:2::101]:$a > [2001:db8:9::9]:53 udp len 32 ttl 1 }
out  pods 2001:db8:7::7 > fd00:1::5 icmp6 1/0 quote { [fd00:1::5]:4000 > [2001:db8:9::9]:53 udp len 32 ttl 1 }
in   wan  2001:db8:7::7 > 2001:db8:2::101 icmp6 1/1 quote { [2001:db8:2::101]:$a > [2001:db8:9::9]:53 udp len 32 ttl 1 }
out  pods 2001:db8:7::7 > fd00:1::5 icmp6 1/1 quote { [fd00:1::5]:4000 > [2001:db8:9::9]:53 udp len 32 ttl 1 }
in   wan  2001:db8:7::7 > 2001:db8:2::101 icmp6 1/2 quote { [2001:db8:2::101]:$a > [2001:db8:9::9]:53 udp len 32 ttl 1 }
out  pods 2001:db8:7::7 > fd00:1::5 icmp6 1/2 quote { [fd00:1::5]:4000 > [2001:db8:9::9]:53 udp len 32 ttl 1 }
in   wan  2001:db8:7::7 > 2001:db8:2::101 icmp6 1/3 quote { [2001:db8:2::101]:$a > [2001:db8:9::9]:53 udp len 32 ttl 1 }
out  pods 2001:db8:7::7 > fd00:1::5 icmp6 1/3 quote { [fd00:1::5]:4000 > [2001:db8:9::9]:53 udp len 32 ttl 1 }
in   wan  2001:db8:7::7 > 2001:db8:2::101 icmp6 1/4 quote { [2001:db8:2::101]:$a > [2001:db8:9::9]:53 udp len 32 ttl 1 }
out  pods 2001:db8:7::7 > fd00:1::5 icmp6 1/4 quote { [fd00:1::5]:4000 > [2001:db8:9::9]:53 udp len 32 ttl 1 }
in   wan  2001:db8:7::7 > 2001:db8:2::101 icmp6 1/5 quote { [2001:db8:2::101]:$a > [2001:db8:9::9]:53 udp len 32 ttl 1 }
out  pods 2001:db8:7::7 > fd00:1::5 icmp6 1/5 quote { [fd00:1::5]:4000 > [2001:db8:9::9]:53 udp len 32 ttl 1 }
in   wan  2001:db8:7::7 > 2001:db8:2::101 icmp6 1/6 quote { [2001:db8:2::101]:$a > [2001:db8:9::9]:53 udp len 32 ttl 1 }
out  pods 2001:db8:7::7 > fd00:1::5 icmp6 1/6 quote { [fd00:1::5]:4000 > [2001:db8:9::9]:53 udp len 32 ttl 1 }
in   wan  2001:db8:7::7 > 2001:db8:2::101 icmp6 1/7 quote { [2001:db8:2::101]:$a > [2001:db8:9::9]:53 udp len 32 ttl 1 }
out  pods 2001:db8:7::7 > fd00:1::5 icmp6 1/7 quote { [fd00:1::5]:4000 > [2001:db8:9::9]:53 udp len 32 ttl 1 }
in   wan  2001:db8:7::7 > 2001:db8:2::101 icmp6 2/0 mtu 1280 quote { [2001:db8:2::101]:$a > [2001:db8:9::9]:53 udp len 32 ttl 1 }
out  pods 2001:db8:7::7 > fd00:1::5 icmp6 2/0 mtu 1280 quote { [fd00:1::5]:4000 > [2001:db8:9::9]:53 udp len 32 ttl 1 }
in   wan  2001:db8:7::7 > 2001:db8:2::101 icmp6 3/0 quote { [2001:db8:2::101]:$a > [2001:db8:9::9]:53 udp len 32 ttl 1 }
out  pods 2001:db8:7::7 > fd00:1::5 icmp6 3/0 quote { [fd00:1::5]:4000 > [2001:db8:9::9]:53 udp len 32 ttl 1 }
in   wan  2001:db8:7::7 > 2001:db8:2::101 icmp6 3/1 quote { [2001:db8:2::101]:$a > [2001:db8:9::9]:53 udp len 32 ttl 1 }
out  pods 2001:db8:7::7 > fd00:1::5 icmp6 3/1 quote { [fd00:1::5]:4000 > [2001:db8:9::9]:53 udp len 32 ttl 1 }
in   wan  2001:db8:7::7 > 2001:db8:2::101 icmp6 4/0 mtu 6 quote { [2001:db8:2::101]:$a > [2001:db8:9::9]:53 udp len 32 ttl 1 }
out  pods 2001:db8:7::7 > fd00:1::5 icmp6 4/0 mtu 6 quote { [fd00:1::5]:4000 > [2001:db8:9::9]:53 udp len 32 ttl 1 }
in   wan  2001:db8:7::7 > 2001:db8:2::101 icmp6 4/1 quote { [2001:db8:2::101]:$a > [2001:db8:9::9]:53 udp len 32 ttl 1 }
out  pods 2001:db8:7::7 > fd00:1::5 icmp6 4/1 quote { [fd00:1::5]:4000 > [2001:db8:9::9]:53 udp len 32 ttl 1 }
in   wan  2001:db8:7::7 > 2001:db8:2::101 icmp6 4/2 quote { [2001:db8:2::101]:$a > [2001:db8:9::9]:53 udp len 32 ttl 1 }
out  pods 2001:db8:7::7 > fd00:1::5 icmp6 4/2 quote { [fd00:1::5]:4000 > [2001:db8:9::9]:53 udp len 32 ttl 1 }
in   wan  2001:db8:7::7 > 2001:db8:2::101 icmp6 100/0 quote { [2001:db8:2::101]:$a > [2001:db8:9::9]:53 udp len 32 ttl 1 }
out  pods 2001:db8:7::7 > fd00:1::5 icmp6 100/0 quote { [fd00:1::5]:4000 > [2001:db8:9::9]:53 udp len 32 ttl 1 }
in   wan  2001:db8:7::7 > 2001:db8:2::101 icmp6 127/0 quote { [2001:db8:2::101]:$a > [2001:db8:9::9]:53 udp len 32 ttl 1 }
out  pods 2001:db8:7::7 > fd00:1::5 icmp6 127/0 quote { [fd00:1::5]:4000 > [2001:db8:9::9]:53 udp len 32 ttl 1 }
