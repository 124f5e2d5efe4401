# The kernel is asked; as soon as the address is known the packet goes.
use test/conf/egress.conf

in   pods 10.0.1.9:4000 > 192.0.2.77:443 udp
nothing
event neigh 192.0.2.77
wait 2s
nothing
neighbour add 192.0.2.77 wan 02:00:00:00:02:77
out  wan  10.0.1.9:4000 > 192.0.2.77:443 udp
in   wan  192.0.2.77:443 > 10.0.1.9:4000 udp
out  pods 192.0.2.77:443 > 10.0.1.9:4000 udp
in   pods [fd00:1::9]:4000 > [2001:db8:2::77]:443 tcp S
event neigh 2001:db8:2::77
neighbour add 2001:db8:2::77 wan 02:00:00:00:02:78
out  wan  [fd00:1::9]:4000 > [2001:db8:2::77]:443 tcp S
