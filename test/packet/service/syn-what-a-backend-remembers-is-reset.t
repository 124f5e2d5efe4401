# The backend holds a connection from before over the same port, in TIME-WAIT: it answers our SYN with an acknowledgement
# of that. A reset ends it, and the SYN that follows is answered.
use test/conf/services.conf syn_cookies="always"
workers 1

in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp S
answer wan 192.0.2.81:7777 > 198.51.100.9:40000 tcp SA seq $c ack 1001 win 14600 tcpopt 020405b40101010101010101
drop SYN_COOKIE_SENT
in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp A ack $c+1
out  pods 192.0.2.1:$a > 10.0.1.5:7777 tcp S seq 1000 ack 0 df tcpopt 020402180101010101010101
in   pods 10.0.1.5:7777 > 192.0.2.1:$a tcp A seq 90000 ack 80000
answer pods 192.0.2.1:$a > 10.0.1.5:7777 tcp R
drop TCP_BAD_STATE
wait 20ms
out  pods 192.0.2.1:$a > 10.0.1.5:7777 tcp S seq 1000 ack 0 df tcpopt 020402180101010101010101 win 65535
in   pods 10.0.1.5:7777 > 192.0.2.1:$a tcp SA seq 5000 ack 1001
out  wan  192.0.2.81:7777 > 198.51.100.9:40000 tcp A seq $c+1
out  pods 192.0.2.1:$a > 10.0.1.5:7777 tcp A seq 1001 ack 5001
known ESTABLISHED 1
