# Where the backend answers through the gateway under the client's address, cookies work as well; where it answers past
# it they cannot, and the budget is a limit.
use test/conf/services.conf syn_cookies="always"
objects + pools.yaml

in   wan  198.51.100.9:40000 > 192.0.2.90:80 tcp S
answer wan 192.0.2.90:80 > 198.51.100.9:40000 tcp SA seq $c ack 1001 win 14600 tcpopt 020405b40101010101010101
drop SYN_COOKIE_SENT
in   wan  198.51.100.9:40000 > 192.0.2.90:80 tcp A ack $c+1
out  pods 198.51.100.9:40000 > 10.0.1.5:8080 tcp S seq 1000 ack 0 df tcpopt 020402180101010101010101
in   pods 10.0.1.5:8080 > 198.51.100.9:40000 tcp SA seq 5000 ack 1001 tcpopt 020405b4
out  wan  192.0.2.90:80 > 198.51.100.9:40000 tcp A seq $c+1 tcpopt 01010101
out  pods 198.51.100.9:40000 > 10.0.1.5:8080 tcp A seq 1001 ack 5001 tcpopt -
