# A backend whose only way out is this gateway answers as the service all the same.
use test/conf/services.conf mode="dsr"

in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp S
out  pods 198.51.100.9:40000 > 10.0.1.5:7777   tcp S options 9a08611e510200c0
in   pods 192.0.2.81:7777 > 198.51.100.9:40000 tcp SA
out  wan  192.0.2.81:7777 > 198.51.100.9:40000 tcp SA
in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp A
out  pods 198.51.100.9:40000 > 10.0.1.5:7777   tcp A
in   pods 192.0.2.81:7777 > 198.51.100.9:40000 tcp PA len 500
out  wan  192.0.2.81:7777 > 198.51.100.9:40000 tcp PA

# One that does not know what the option means answers as itself.
in   pods 10.0.1.5:7777 > 198.51.100.9:40000   tcp PA len 500
out  wan  192.0.2.81:7777 > 198.51.100.9:40000 tcp PA

# Nobody answers for a service that was not asked.
in   pods 192.0.2.81:7777 > 198.51.100.9:40001 tcp SA
drop TCP_NOT_SYN
# From elsewhere neither.
in   wan  192.0.2.81:7777 > 198.51.100.9:40000 tcp PA len 500
drop INVALID_SOURCE
