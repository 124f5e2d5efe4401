# The client sends at once; the backend gets its SYN first, then all of it in order. The client's SYN once more is
# answered no second time, and what it cannot have acknowledged is dropped.
use test/conf/services.conf syn_cookies="always"

in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp S wscale 7
answer wan 192.0.2.81:7777 > 198.51.100.9:40000 tcp SA seq $c ack 1001 win 14600 tcpopt 020405b40103030701010101
drop SYN_COOKIE_SENT
# The acknowledgement itself is lost.
in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp PA ack $c+1 win 502 len 100
out  pods 192.0.2.1:$a > 10.0.1.5:7777 tcp S seq 1000 ack 0 win 64256 df len 0 tcpopt 020402180103030701010101
in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp PA seq 1101 ack $c+1 win 502 len 50
nothing
in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp S wscale 7
drop TCP_BAD_STATE
in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp A seq 1001 ack $c+2
drop TCP_OUT_OF_WINDOW
in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp A seq 1000 ack $c+1
drop TCP_OUT_OF_WINDOW
in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp R seq 1101
drop TCP_BAD_STATE
in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp FA seq 1151 ack $c+1 win 502
nothing
in   pods 10.0.1.5:7777 > 192.0.2.1:$a tcp FA seq 5001 ack 1001 win 0
answer pods 192.0.2.1:$a > 10.0.1.5:7777 tcp R
drop TCP_BAD_STATE
in   pods 10.0.1.5:7777 > 192.0.2.1:$a tcp SA seq 5000 ack 2001
drop TCP_OUT_OF_WINDOW
in   pods 10.0.1.5:7777 > 192.0.2.1:$a tcp SA seq 5000 ack 1001 wscale 7
out  wan  192.0.2.81:7777 > 198.51.100.9:40000 tcp A seq $c+1 win 511 tcpopt 01010101
out  pods 192.0.2.1:$a > 10.0.1.5:7777 tcp PA seq 1001 ack 5001 win 502 len 100 tcpopt -
out  pods 192.0.2.1:$a > 10.0.1.5:7777 tcp PA seq 1101 ack 5001 win 502 len 50 tcpopt -
out  pods 192.0.2.1:$a > 10.0.1.5:7777 tcp FA seq 1151 ack 5001 win 502 len 0 tcpopt -
known FIN 1
