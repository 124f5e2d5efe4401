# Router alert and record route stay as they are; the header checksum covers them.
use test/conf/egress.conf

in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp S options 94040000
out  wan  192.0.2.101:$a > 198.51.100.9:443 tcp S
in   wan  198.51.100.9:443 > 192.0.2.101:$a tcp SA options 0707040000000000
out  pods 198.51.100.9:443 > 10.0.1.5:4000 tcp SA
