# The way back was opened for answers. Who calls from there is somebody new, and nobody judged him.
use test/conf/egress.conf

in   pods 10.0.1.9:4000 > 198.51.100.9:443 tcp S
out  wan  10.0.1.9:4000 > 198.51.100.9:443 tcp S
in   wan  198.51.100.9:443 > 10.0.1.9:4000 tcp RA ack 1001 seq 0
out  pods 198.51.100.9:443 > 10.0.1.9:4000 tcp RA seq 0
known CLOSED 1
in   wan  198.51.100.9:443 > 10.0.1.9:4000 tcp S seq 77
drop TCP_BAD_STATE
in   pods 10.0.1.9:4000 > 198.51.100.9:443 tcp S
out  wan  10.0.1.9:4000 > 198.51.100.9:443 tcp S
