# The address of a service that crosses IP versions answers pings itself, whatever its backends speak.
use test/conf/services.conf
objects + families.yaml

in   wan   2001:db8:2::20 > 2001:db8:2::64  icmp6 echo 7 1
answer wan 2001:db8:2::64 > 2001:db8:2::20  icmp6 reply 7 1
in   wan   192.0.2.20 > 192.0.2.64          icmp echo 7 1
answer wan 192.0.2.64 > 192.0.2.20          icmp reply 7 1 nodf
