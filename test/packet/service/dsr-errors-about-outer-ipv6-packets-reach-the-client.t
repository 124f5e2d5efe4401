# The same over IPv6 (RFC 2473 section 8); nobody is told less than every link carries.
use test/conf/services.conf mode="dsr" dispatch="ipip"

in   wan  [2001:db8:9::9]:40000 > [2001:db8:2::81]:7777 udp len 1400
out  pods fd00:1::1 > fd00:1::5 proto 41 ttl 64 anylabel quote { [2001:db8:9::9]:40000 > [2001:db8:2::81]:7777 udp len 1400 ttl 63 }
in   pods fd00:9::9 > fd00:1::1 icmp6 2/0 mtu 1400 quote { fd00:1::1 > fd00:1::5 proto 41 ttl 62 quote { [2001:db8:9::9]:40000 > [2001:db8:2::81]:7777 udp len 1400 ttl 63 } } upto 1232
out  wan  2001:db8:2::1 > 2001:db8:9::9 icmp6 2/0 mtu 1360 quote { [2001:db8:9::9]:40000 > [2001:db8:2::81]:7777 udp len 1400 ttl 63 } upto 1192
in   wan  [2001:db8:9::9]:40000 > [2001:db8:2::81]:7777 udp len 1400
answer wan 2001:db8:2::1 > 2001:db8:9::9 icmp6 2/0 mtu 1360
drop TOO_BIG
in   pods fd00:9::9 > fd00:1::1 icmp6 2/0 mtu 1290 quote { fd00:1::1 > fd00:1::5 proto 41 ttl 62 quote { [2001:db8:9::9]:40000 > [2001:db8:2::81]:7777 udp len 1300 ttl 63 } } upto 1232
out  wan  2001:db8:2::1 > 2001:db8:9::9 icmp6 2/0 mtu 1280 quote { [2001:db8:9::9]:40000 > [2001:db8:2::81]:7777 udp len 1300 ttl 63 } upto 1192
in   pods fd00:9::9 > fd00:1::1 icmp6 1/0 quote { fd00:1::1 > fd00:1::5 proto 41 ttl 62 quote { [2001:db8:9::9]:40000 > [2001:db8:2::81]:7777 udp len 1300 ttl 63 } } upto 100
out  wan  2001:db8:2::1 > 2001:db8:9::9 icmp6 1/3 quote { [2001:db8:9::9]:40000 > [2001:db8:2::81]:7777 udp len 1300 ttl 63 } upto 60
