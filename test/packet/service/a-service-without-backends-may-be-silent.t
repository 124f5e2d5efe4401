# As the conf says.
use test/conf/services.conf no_backend="drop"

in     wan  198.51.100.9:40000 > 192.0.2.82:80      tcp S
drop   SERVICE_NO_BACKEND
in     wan  [2001:db8:9::9]:40000 > [2001:db8:2::82]:80   udp
drop   SERVICE_NO_BACKEND
