# Two services that answer whatever they hear would talk to each other for ever, if somebody lent one the address of the
# other. A backend that answers as its service is another matter: that is no call.
use test/conf/services.conf

in   wan  192.0.2.80:53 > 192.0.2.81:7777 udp
drop INVALID_SOURCE
in   wan  192.0.2.80:4000 > 192.0.2.81:7777 tcp S
drop INVALID_SOURCE
in   wan  [2001:db8:2::80]:53 > [2001:db8:2::81]:7777 udp
drop INVALID_SOURCE
in   wan  192.0.2.80:53 > 192.0.2.81:7778 udp
drop INVALID_SOURCE
in   wan  192.0.2.80 > 192.0.2.81 icmp echo 1 1
drop INVALID_SOURCE
known 0
