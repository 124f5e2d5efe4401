# A client whose port is one that the gateway serves at the address of its own: it gets another one, whose answers are no
# calls.
use test/conf/services.conf

in   wan  198.51.100.9:30080 > 192.0.2.81:7777 tcp S
out  pods 192.0.2.1:$a > 10.0.1.5:7777 tcp S
check $a != 30080
in   pods 10.0.1.5:7777 > 192.0.2.1:$a tcp SA
out  wan  192.0.2.81:7777 > 198.51.100.9:30080 tcp SA
