# The SYN took its token; the return of the cookie is the same connection.
use test/conf/services.conf syn_cookies="always" source_rate=1

in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp S
answer wan 192.0.2.81:7777 > 198.51.100.9:40000 tcp SA seq $c ack 1001 win 14600 tcpopt 020405b40101010101010101
drop SYN_COOKIE_SENT
in   wan  198.51.100.9:40001 > 192.0.2.81:7777 tcp S
drop SERVICE_SOURCE_RATE
in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp A ack $c+1
out  pods 192.0.2.1:$a > 10.0.1.5:7777 tcp S seq 1000 ack 0 df tcpopt 020402180101010101010101
in   pods 10.0.1.5:7777 > 192.0.2.1:$a tcp SA seq 9000 ack 1001 tcpopt -
out  wan  192.0.2.81:7777 > 198.51.100.9:40000 tcp A seq $c+1
out  pods 192.0.2.1:$a > 10.0.1.5:7777 tcp A seq 1001 ack 9001
