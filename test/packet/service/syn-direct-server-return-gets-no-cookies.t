# What a backend answers past the gateway cannot be counted anew: connections of such services begin as they are, and
# the budget is a limit.
use test/conf/services.conf syn_cookies="always" mode="dsr" half_open=2
workers 1

in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp S
out  pods 198.51.100.9:40000 > 10.0.1.5:7777 tcp S options 9a08611e510200c0
in   wan  198.51.100.9:40001 > 192.0.2.81:7777 tcp S
out  pods 198.51.100.9:40001 > 10.0.1.5:7777 tcp S options 9a08611e510200c0
in   wan  198.51.100.9:40002 > 192.0.2.81:7777 tcp S
drop HALF_OPEN_FULL
