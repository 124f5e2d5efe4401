# As IPv4 ones are; the outer flow label is the connection's. What fits every link has to arrive.
use test/conf/services.conf mode="dsr" dispatch="ipip" mtu@1=1300

in   wan  [2001:db8:9::9]:40000 > [2001:db8:2::81]:7777 udp len 100 tos 0xb9
out  pods fd00:1::1 > fd00:1::5 proto 41 ttl 64 anylabel quote { [2001:db8:9::9]:40000 > [2001:db8:2::81]:7777 udp len 100 tos 0xb9 ttl 63 }
in   wan  [2001:db8:9::9]:40000 > [2001:db8:2::81]:7777 udp len 1233
answer wan 2001:db8:2::1 > 2001:db8:9::9 icmp6 2/0 mtu 1280
drop TOO_BIG
in   wan  [2001:db8:9::9]:40000 > [2001:db8:2::81]:7777 udp len 1212
out  pods fd00:1::1 > fd00:1::5 proto 41 ttl 64 anylabel quote { [2001:db8:9::9]:40000 > [2001:db8:2::81]:7777 udp len 1212 ttl 63 }
