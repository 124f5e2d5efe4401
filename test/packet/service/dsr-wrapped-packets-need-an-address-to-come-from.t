# The link to the backend has IPv4 addresses alone: nobody could be told of errors.
use test/conf/services.conf mode="dsr" dispatch="ipip" addresses@1=["10.0.1.1/24"]

route add fd00:1::/64 port pods
in   wan  [2001:db8:9::9]:40000 > [2001:db8:2::81]:7777 udp
drop DSR_NO_ADDRESS
