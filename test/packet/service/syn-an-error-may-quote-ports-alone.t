# An error that quotes no sequence number has none that could be told in other numbers.
use test/conf/services.conf syn_cookies="always"

in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp S
answer wan 192.0.2.81:7777 > 198.51.100.9:40000 tcp SA seq $c ack 1001 win 14600 tcpopt 020405b40101010101010101
drop SYN_COOKIE_SENT
in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp A ack $c+1
out  pods 192.0.2.1:$a > 10.0.1.5:7777 tcp S seq 1000 ack 0 df tcpopt 020402180101010101010101
in   pods 10.0.1.5:7777 > 192.0.2.1:$a tcp SA seq 9000 ack 1001 tcpopt -
out  wan  192.0.2.81:7777 > 198.51.100.9:40000 tcp A seq $c+1
out  pods 192.0.2.1:$a > 10.0.1.5:7777 tcp A seq 1001 ack 9001
in   wan  198.51.100.1 > 192.0.2.81 icmp 3/1 quote { 192.0.2.81:7777 > 198.51.100.9:40000 tcp A seq $c+1 ack 1001 len 100 } upto 24
out  pods 192.0.2.1 > 10.0.1.5 icmp 3/1 quote { 10.0.1.5:7777 > 192.0.2.1:$a tcp A seq 9001 ack 1001 len 100 } upto 24
in   wan  198.51.100.1 > 192.0.2.81 icmp 3/1 quote { 192.0.2.81:7777 > 198.51.100.9:40000 tcp A seq $c+1 ack 1001 len 100 } upto 28
out  pods 192.0.2.1 > 10.0.1.5 icmp 3/1 quote { 10.0.1.5:7777 > 192.0.2.1:$a tcp A seq 9001 ack 1001 len 100 } upto 28
