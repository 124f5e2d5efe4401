# Sequence numbers, acknowledgements and SACK blocks are told in the numbers of who reads them; so are what ICMP errors
# quote, and the client's resets. The connection closes, and a new one from the same port is an ordinary one.
use test/conf/services.conf syn_cookies="always"

in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp S tcpopt 020405b40103030701010402
answer wan 192.0.2.81:7777 > 198.51.100.9:40000 tcp SA seq $c ack 1001 win 14600 tcpopt 020405b40103030701010402
drop SYN_COOKIE_SENT
in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp A ack $c+1 win 502
out  pods 192.0.2.1:$a > 10.0.1.5:7777 tcp S seq 1000 ack 0 win 64256 df tcpopt 020405b40103030701010402
in   pods 10.0.1.5:7777 > 192.0.2.1:$a tcp SA seq 5000 ack 1001 win 65160 tcpopt 020405b40103030701010402
out  wan  192.0.2.81:7777 > 198.51.100.9:40000 tcp A seq $c+1 win 509 tcpopt 010101010101010101010101
out  pods 192.0.2.1:$a > 10.0.1.5:7777 tcp A seq 1001 ack 5001 win 502 tcpopt -
# A request, its answer in two segments of which the first is lost, and what is missing.
in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp PA ack $c+1 len 100
out  pods 192.0.2.1:$a > 10.0.1.5:7777 tcp PA ack 5001
in   pods 10.0.1.5:7777 > 192.0.2.1:$a tcp A seq 5101 ack 1101 len 50 win 500
out  wan  192.0.2.81:7777 > 198.51.100.9:40000 tcp A seq $c+101
in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp A seq 1101 ack $c+1 sack $c+101 $c+151
out  pods 192.0.2.1:$a > 10.0.1.5:7777 tcp A ack 5001 sack 5101 5151
in   pods 10.0.1.5:7777 > 192.0.2.1:$a tcp A seq 5001 ack 1101 len 100
out  wan  192.0.2.81:7777 > 198.51.100.9:40000 tcp A seq $c+1
in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp A seq 1101 ack $c+151
out  pods 192.0.2.1:$a > 10.0.1.5:7777 tcp A ack 5151
# Outside of the windows, in the client's own numbers.
in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp A seq 1101 ack $c+100151
drop TCP_OUT_OF_WINDOW
in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp A seq 90001101 ack $c+151
drop TCP_OUT_OF_WINDOW
# A router towards the client has a smaller MTU: the backend is told about what it sent.
in   wan  198.51.100.1 > 192.0.2.81 icmp 3/4 mtu 1400 quote { 192.0.2.81:7777 > 198.51.100.9:40000 tcp A seq $c+151 ack 1101 len 1000 } upto 28
out  pods 192.0.2.1 > 10.0.1.5 icmp 3/4 mtu 1400 quote { 10.0.1.5:7777 > 192.0.2.1:$a tcp A seq 5151 ack 1101 len 1000 } upto 28
known ESTABLISHED 1

in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp FA seq 1101 ack $c+151
out  pods 192.0.2.1:$a > 10.0.1.5:7777 tcp FA ack 5151
in   pods 10.0.1.5:7777 > 192.0.2.1:$a tcp FA seq 5151 ack 1102
out  wan  192.0.2.81:7777 > 198.51.100.9:40000 tcp FA seq $c+151
in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp A seq 1102 ack $c+152
out  pods 192.0.2.1:$a > 10.0.1.5:7777 tcp A ack 5152
known CLOSED 1
set  syn_cookies="full"
in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp S seq 70000
out  pods 192.0.2.1:$b > 10.0.1.5:7777 tcp S
in   pods 10.0.1.5:7777 > 192.0.2.1:$b tcp SA seq 90000 ack 70001
out  wan  192.0.2.81:7777 > 198.51.100.9:40000 tcp SA
in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp A seq 70001 ack 90001
out  pods 192.0.2.1:$b > 10.0.1.5:7777 tcp A
known ESTABLISHED 1
