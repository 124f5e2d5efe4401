# Cilium's option names the service to the backend's node; of TCP the SYN carries it, nothing else.
use test/conf/services.conf mode="dsr"

in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp S
out  pods 198.51.100.9:40000 > 10.0.1.5:7777   tcp S options 9a08611e510200c0
known SYN_SENT 1
in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp A
out  pods 198.51.100.9:40000 > 10.0.1.5:7777   tcp A
known ESTABLISHED 1
in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp PA len 1000
out  pods 198.51.100.9:40000 > 10.0.1.5:7777   tcp PA
in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp FA seq 2001
out  pods 198.51.100.9:40000 > 10.0.1.5:7777   tcp FA
known FIN 1
in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp A seq 2002
out  pods 198.51.100.9:40000 > 10.0.1.5:7777   tcp A
wait 61s
known 0

in   wan  [2001:db8:9::9]:40000 > [2001:db8:2::81]:7777 tcp S
out  pods [2001:db8:9::9]:40000 > [fd00:1::5]:7777      tcp S ext 60 021b1420010db80002000000000000000000811e610000
in   wan  [2001:db8:9::9]:40000 > [2001:db8:2::81]:7777 tcp A
out  pods [2001:db8:9::9]:40000 > [fd00:1::5]:7777      tcp A
known ESTABLISHED 1
