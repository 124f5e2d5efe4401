# The answer to a SYN is a cookie; who returns it is connected to a backend, whose numbers are not those that the
# client was told. Data goes both ways, with its acknowledgements.
use test/conf/services.conf syn_cookies="always"

in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp S tcpopt 020405b40103030701010402
answer wan 192.0.2.81:7777 > 198.51.100.9:40000 tcp SA seq $c ack 1001 win 14600 tcpopt 020405b40103030701010402
drop SYN_COOKIE_SENT
known 0

in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp A ack $c+1 win 502
out  pods 192.0.2.1:$a > 10.0.1.5:7777 tcp S seq 1000 ack 0 win 64256 df tcpopt 020405b40103030701010402
known GREETING 1

in   pods 10.0.1.5:7777 > 192.0.2.1:$a tcp SA seq 5000 ack 1001 win 65160 tcpopt 020405b40103030701010402
out  wan  192.0.2.81:7777 > 198.51.100.9:40000 tcp A seq $c+1 win 509 tcpopt 010101010101010101010101
out  pods 192.0.2.1:$a > 10.0.1.5:7777 tcp A seq 1001 ack 5001 win 502 tcpopt -
known ESTABLISHED 1
