# The backend's reset reaches the client in the client's numbers; what waited is dropped. A client that resets first is
# forgotten likewise.
use test/conf/services.conf syn_cookies="always"

in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp S
answer wan 192.0.2.81:7777 > 198.51.100.9:40000 tcp SA seq $c ack 1001 win 14600 tcpopt 020405b40101010101010101
drop SYN_COOKIE_SENT
in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp A ack $c+1
out  pods 192.0.2.1:$a > 10.0.1.5:7777 tcp S seq 1000 ack 0 df tcpopt 020402180101010101010101
in   pods 10.0.1.5:7777 > 192.0.2.1:$a tcp RA seq 0 ack 2000
drop TCP_OUT_OF_WINDOW
in   pods 10.0.1.5:7777 > 192.0.2.1:$a tcp RA seq 0 ack 1001 win 0
out  wan  192.0.2.81:7777 > 198.51.100.9:40000 tcp RA seq $c+1
drop TCP_BAD_STATE
known CLOSED 1

in   wan  198.51.100.9:40001 > 192.0.2.81:7777 tcp S
answer wan 192.0.2.81:7777 > 198.51.100.9:40001 tcp SA seq $d ack 1001 win 14600 tcpopt 020405b40101010101010101
drop SYN_COOKIE_SENT
in   wan  198.51.100.9:40001 > 192.0.2.81:7777 tcp A ack $d+1
out  pods 192.0.2.1:$b > 10.0.1.5:7777 tcp S seq 1000 ack 0 df tcpopt 020402180101010101010101
in   wan  198.51.100.9:40001 > 192.0.2.81:7777 tcp R seq 1001
out  pods 192.0.2.1:$b > 10.0.1.5:7777 tcp R
drop TCP_BAD_STATE
known CLOSED 2
