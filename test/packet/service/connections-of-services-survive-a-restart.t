# With their backends, whatever the tables would choose today.
use test/conf/services.conf
objects + pools.yaml

in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp S
out  pods 192.0.2.1:$a > 10.0.1.5:7777         tcp S
in   pods 10.0.1.5:7777 > 192.0.2.1:$a         tcp SA
out  wan  192.0.2.81:7777 > 198.51.100.9:40000 tcp SA
in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp A
out  pods 192.0.2.1:$a > 10.0.1.5:7777         tcp A
in   wan  [2001:db8:9::9]:40000 > [2001:db8:2::90]:80   udp
out  pods [2001:db8:9::9]:40000 > [fd00:1::5]:8080      udp
restart
in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp PA len 10
out  pods 192.0.2.1:$a > 10.0.1.5:7777         tcp PA
in   pods 10.0.1.5:7777 > 192.0.2.1:$a         tcp A ack 1011
out  wan  192.0.2.81:7777 > 198.51.100.9:40000 tcp A
in   pods [fd00:1::5]:8080 > [2001:db8:9::9]:40000      udp
out  wan  [2001:db8:2::90]:80 > [2001:db8:9::9]:40000   udp
known 2
