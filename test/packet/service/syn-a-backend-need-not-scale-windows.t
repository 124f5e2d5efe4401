# The client was promised scaled windows and scales its own; the backend does not. Both are told what they understand.
# The next client is told the segment size that this backend has announced.
use test/conf/services.conf syn_cookies="always"
workers 1

in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp S tcpopt 020405b401030305
answer wan 192.0.2.81:7777 > 198.51.100.9:40000 tcp SA seq $c ack 1001 win 14600 tcpopt 020405b40103030701010101
drop SYN_COOKIE_SENT
in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp A ack $c+1 win 1000
out  pods 192.0.2.1:$a > 10.0.1.5:7777 tcp S seq 1000 ack 0 win 32000 df tcpopt 020405b40103030501010101
in   pods 10.0.1.5:7777 > 192.0.2.1:$a tcp SA seq 5000 ack 1001 win 12800 tcpopt 02040514
out  wan  192.0.2.81:7777 > 198.51.100.9:40000 tcp A seq $c+1 win 100 tcpopt 01010101
out  pods 192.0.2.1:$a > 10.0.1.5:7777 tcp A seq 1001 ack 5001 win 32000 tcpopt -
in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp A ack $c+1 win 4000
out  pods 192.0.2.1:$a > 10.0.1.5:7777 tcp A ack 5001 win 65535
in   pods 10.0.1.5:7777 > 192.0.2.1:$a tcp A seq 5001 ack 1001 win 6400 len 10
out  wan  192.0.2.81:7777 > 198.51.100.9:40000 tcp A seq $c+1 win 50

in   wan  198.51.100.9:40001 > 192.0.2.81:7777 tcp S
answer wan 192.0.2.81:7777 > 198.51.100.9:40001 tcp SA seq $d ack 1001 win 13000 tcpopt 020405140101010101010101
drop SYN_COOKIE_SENT
