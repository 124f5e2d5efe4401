# One side alone cannot scale (RFC 7323).
use test/conf/egress.conf

in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp S win 1000 wscale 7
out  wan  192.0.2.101:$a > 198.51.100.9:443 tcp S
in   wan  198.51.100.9:443 > 192.0.2.101:$a tcp SA win 1000
out  pods 198.51.100.9:443 > 10.0.1.5:4000 tcp SA
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp A win 1000
out  wan  192.0.2.101:$a > 198.51.100.9:443 tcp A
in   wan  198.51.100.9:443 > 192.0.2.101:$a tcp PA len 1000
out  pods 198.51.100.9:443 > 10.0.1.5:4000 tcp PA
in   wan  198.51.100.9:443 > 192.0.2.101:$a tcp PA seq 6002 len 10
drop TCP_OUT_OF_WINDOW
