# Half a second; a late one begins anew and has nobody to follow.
use test/conf/egress.conf

in   pods 10.0.1.5:4000 > 198.51.100.9:5060 udp len 1400 frag 7 400-800
in   pods 10.0.1.5:4000 > 198.51.100.9:5060 udp len 1400 frag 7 800-
nothing
wait 499ms
nothing
wait 2ms
drop FRAGMENT_TIMEOUT 2
in   pods 10.0.1.5:4000 > 198.51.100.9:5060 udp len 1400 frag 7 0-400
out  wan  192.0.2.101:$a > 198.51.100.9:5060 udp
