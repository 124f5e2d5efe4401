# The next process takes what the one before has sent, and goes on with connections of all stages.
use test/conf/services.conf syn_cookies="always"

in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp S
answer wan 192.0.2.81:7777 > 198.51.100.9:40000 tcp SA seq $c ack 1001 win 14600 tcpopt 020405b40101010101010101
drop SYN_COOKIE_SENT
restart
in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp A ack $c+1
out  pods 192.0.2.1:$a > 10.0.1.5:7777 tcp S seq 1000 ack 0 df tcpopt 020402180101010101010101
in   pods 10.0.1.5:7777 > 192.0.2.1:$a tcp SA seq 5000 ack 1001 tcpopt 020405b4
out  wan  192.0.2.81:7777 > 198.51.100.9:40000 tcp A seq $c+1 tcpopt 01010101
out  pods 192.0.2.1:$a > 10.0.1.5:7777 tcp A seq 1001 ack 5001 tcpopt -
restart
in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp PA ack $c+1 len 10
out  pods 192.0.2.1:$a > 10.0.1.5:7777 tcp PA ack 5001
in   pods 10.0.1.5:7777 > 192.0.2.1:$a tcp PA seq 5001 ack 1011 len 10
out  wan  192.0.2.81:7777 > 198.51.100.9:40000 tcp PA seq $c+1
# Nobody knows of cookies any more that were not sent.
in   wan  198.51.100.9:40001 > 192.0.2.81:7777 tcp A
drop TCP_NOT_SYN
answer wan 192.0.2.81:7777 > 198.51.100.9:40001 tcp R
