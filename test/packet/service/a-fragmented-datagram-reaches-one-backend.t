# All its pieces, in any order; and so do the answer's.
use test/conf/services.conf

in   wan  198.51.100.9:4000 > 192.0.2.81:7777 udp len 1600 frag 7 0-800
in   wan  198.51.100.9:4000 > 192.0.2.81:7777 udp len 1600 frag 7 800-
out  pods 192.0.2.1:$a > 10.0.1.5:7777        udp
out  pods 192.0.2.1:$a > 10.0.1.5:7777        udp
in   pods 10.0.1.5:7777 > 192.0.2.1:$a        udp len 1600 frag 8 800-
in   pods 10.0.1.5:7777 > 192.0.2.1:$a        udp len 1600 frag 8 0-800
out  wan  192.0.2.81:7777 > 198.51.100.9:4000 udp len 1600 frag 8 0-800
out  wan  192.0.2.81:7777 > 198.51.100.9:4000 udp len 1600 frag 8 800-
