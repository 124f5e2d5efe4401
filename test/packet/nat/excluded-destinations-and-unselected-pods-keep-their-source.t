# Traffic inside the cluster, and pods that no egress policy selects.
use test/conf/egress.conf

in   pods 10.0.1.9:4000 > 198.51.100.9:443 tcp S
out  wan  10.0.1.9:4000 > 198.51.100.9:443 tcp S
in   wan  198.51.100.9:443 > 10.0.1.9:4000 tcp SA
out  pods 198.51.100.9:443 > 10.0.1.9:4000 tcp SA
in   pods 10.0.1.5:4000 > 10.0.1.9:80 tcp S
out  pods 10.0.1.5:4000 > 10.0.1.9:80 tcp S
in   pods 10.0.1.9:80 > 10.0.1.5:4000 tcp SA
out  pods 10.0.1.9:80 > 10.0.1.5:4000 tcp SA
in   pods [fd00:1::9]:4000 > [2001:db8:9::9]:443 tcp S
out  wan  [fd00:1::9]:4000 > [2001:db8:9::9]:443 tcp S
