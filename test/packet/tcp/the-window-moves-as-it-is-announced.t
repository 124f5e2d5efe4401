# At the edge exactly, and not a byte more; then the receiver opens it further. Scaling counts when both offer it.
use test/conf/egress.conf

in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp S win 1000 wscale 2
out  wan  192.0.2.101:$a > 198.51.100.9:443 tcp S
in   wan  198.51.100.9:443 > 192.0.2.101:$a tcp SA win 500 wscale 4
out  pods 198.51.100.9:443 > 10.0.1.5:4000 tcp SA
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp A win 1000
out  wan  192.0.2.101:$a > 198.51.100.9:443 tcp A
# The server has announced 500, its SYN is not scaled; the client 4000.
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp PA len 500 win 1000
out  wan  192.0.2.101:$a > 198.51.100.9:443 tcp PA
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp PA seq 1501 len 2 win 1000
drop TCP_OUT_OF_WINDOW
in   wan  198.51.100.9:443 > 192.0.2.101:$a tcp A ack 1501 win 100
out  pods 198.51.100.9:443 > 10.0.1.5:4000 tcp A
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp PA seq 1501 len 1400 win 1000
out  wan  192.0.2.101:$a > 198.51.100.9:443 tcp PA
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp PA seq 2901 len 200 win 1000
out  wan  192.0.2.101:$a > 198.51.100.9:443 tcp PA
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp PA seq 3102 len 2 win 1000
drop TCP_OUT_OF_WINDOW
in   wan  198.51.100.9:443 > 192.0.2.101:$a tcp PA len 1400 ack 3101 win 100
out  pods 198.51.100.9:443 > 10.0.1.5:4000 tcp PA
in   wan  198.51.100.9:443 > 192.0.2.101:$a tcp PA seq 6401 len 1400 ack 3101 win 100
out  pods 198.51.100.9:443 > 10.0.1.5:4000 tcp PA
in   wan  198.51.100.9:443 > 192.0.2.101:$a tcp PA seq 7801 len 1200 ack 3101 win 100
out  pods 198.51.100.9:443 > 10.0.1.5:4000 tcp PA
in   wan  198.51.100.9:443 > 192.0.2.101:$a tcp PA seq 9002 len 10 ack 3101 win 100
drop TCP_OUT_OF_WINDOW
