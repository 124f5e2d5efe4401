# A SYN cookie and the other IP version: sequence numbers are told in the numbers of who reads them, once.
use test/conf/services.conf syn_cookies="always"
objects + families.yaml

in   wan  192.0.2.20:4000 > 192.0.2.64:80 tcp S df tcpopt 020405b40103030701010402
answer wan 192.0.2.64:80 > 192.0.2.20:4000 tcp SA seq $c ack 1001 win 14600 tcpopt 020405b40103030701010402
drop SYN_COOKIE_SENT
in   wan  192.0.2.20:4000 > 192.0.2.64:80 tcp A ack $c+1 win 502 df
out  pods [2001:db8:2::1]:$a > [fd00:1::5]:8080 tcp S seq 1000 ack 0 win 64256 tcpopt 020405b40103030701010402
in   pods [fd00:1::5]:8080 > [2001:db8:2::1]:$a tcp SA seq 5000 ack 1001 win 65160 tcpopt 020405b40103030701010402
out  wan  192.0.2.64:80 > 192.0.2.20:4000 tcp A seq $c+1 win 509 tcpopt 010101010101010101010101
out  pods [2001:db8:2::1]:$a > [fd00:1::5]:8080 tcp A seq 1001 ack 5001 win 502 tcpopt -
in   wan  192.0.2.20:4000 > 192.0.2.64:80 tcp PA seq 1001 ack $c+1 len 100 df
out  pods [2001:db8:2::1]:$a > [fd00:1::5]:8080 tcp PA seq 1001 ack 5001
in   pods [fd00:1::5]:8080 > [2001:db8:2::1]:$a tcp PA seq 5001 ack 1101 len 300
out  wan  192.0.2.64:80 > 192.0.2.20:4000 tcp PA seq $c+1 ack 1101
in   wan  192.0.2.20:4000 > 192.0.2.64:80 tcp A seq 1101 ack $c+1 sack $c+101 $c+151 df
out  pods [2001:db8:2::1]:$a > [fd00:1::5]:8080 tcp A ack 5001 sack 5101 5151
known ESTABLISHED 1
