# As with IPv4.
use test/conf/egress.conf

in   pods [fd00:1::5]:4000 > [2001:db8:9::9]:53 udp len 32
out  wan  [2001:db8:2::101]:$a > [2001:db8:9::9]:53 udp
in   wan  [2001:db8:9::9]:53 > [2001:db8:2::101]:$a udp len 48
out  pods [2001:db8:9::9]:53 > [fd00:1::5]:4000 udp
in   pods fd00:1::5 > 2001:db8:9::9 icmp6 1/0 quote { [2001:db8:9::9]:53 > [fd00:1::5]:4000 udp len 48 ttl 62 }
out  wan  2001:db8:2::101 > 2001:db8:9::9 icmp6 1/0 quote { [2001:db8:9::9]:53 > [2001:db8:2::101]:$a udp len 48 ttl 62 }
in   pods fd00:1::5 > 2001:db8:9::9 icmp6 1/1 quote { [2001:db8:9::9]:53 > [fd00:1::5]:4000 udp len 48 ttl 62 }
out  wan  2001:db8:2::101 > 2001:db8:9::9 icmp6 1/1 quote { [2001:db8:9::9]:53 > [2001:db8:2::101]:$a udp len 48 ttl 62 }
in   pods fd00:1::5 > 2001:db8:9::9 icmp6 1/3 quote { [2001:db8:9::9]:53 > [fd00:1::5]:4000 udp len 48 ttl 62 }
out  wan  2001:db8:2::101 > 2001:db8:9::9 icmp6 1/3 quote { [2001:db8:9::9]:53 > [2001:db8:2::101]:$a udp len 48 ttl 62 }
in   pods fd00:1::5 > 2001:db8:9::9 icmp6 1/4 quote { [2001:db8:9::9]:53 > [fd00:1::5]:4000 udp len 48 ttl 62 }
out  wan  2001:db8:2::101 > 2001:db8:9::9 icmp6 1/4 quote { [2001:db8:9::9]:53 > [2001:db8:2::101]:$a udp len 48 ttl 62 }
in   pods fd00:1::5 > 2001:db8:9::9 icmp6 2/0 mtu 1280 quote { [2001:db8:9::9]:53 > [fd00:1::5]:4000 udp len 48 ttl 62 }
out  wan  2001:db8:2::101 > 2001:db8:9::9 icmp6 2/0 mtu 1280 quote { [2001:db8:9::9]:53 > [2001:db8:2::101]:$a udp len 48 ttl 62 }
in   pods fd00:1::5 > 2001:db8:9::9 icmp6 3/0 quote { [2001:db8:9::9]:53 > [fd00:1::5]:4000 udp len 48 ttl 62 }
out  wan  2001:db8:2::101 > 2001:db8:9::9 icmp6 3/0 quote { [2001:db8:9::9]:53 > [2001:db8:2::101]:$a udp len 48 ttl 62 }
in   pods fd00:1::5 > 2001:db8:9::9 icmp6 3/1 quote { [2001:db8:9::9]:53 > [fd00:1::5]:4000 udp len 48 ttl 62 }
out  wan  2001:db8:2::101 > 2001:db8:9::9 icmp6 3/1 quote { [2001:db8:9::9]:53 > [2001:db8:2::101]:$a udp len 48 ttl 62 }
in   pods fd00:1::5 > 2001:db8:9::9 icmp6 4/0 quote { [2001:db8:9::9]:53 > [fd00:1::5]:4000 udp len 48 ttl 62 }
out  wan  2001:db8:2::101 > 2001:db8:9::9 icmp6 4/0 quote { [2001:db8:9::9]:53 > [2001:db8:2::101]:$a udp len 48 ttl 62 }
in   pods fd00:1::5 > 2001:db8:9::9 icmp6 4/1 quote { [2001:db8:9::9]:53 > [fd00:1::5]:4000 udp len 48 ttl 62 }
out  wan  2001:db8:2::101 > 2001:db8:9::9 icmp6 4/1 quote { [2001:db8:9::9]:53 > [2001:db8:2::101]:$a udp len 48 ttl 62 }
