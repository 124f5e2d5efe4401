# The ports towards one backend may be fewer than what may be half open: cookies begin before they are gone, and who
# returns one finds a port.
use test/conf/services.conf port_last=1063
workers 1

flows 11 from 50000 in wan 203.0.113.7:* > 192.0.2.81:7777 tcp S
each out pods 192.0.2.1:* > 10.0.1.5:7777 tcp S
in   wan  198.51.100.9:40001 > 192.0.2.81:7777 tcp S
answer wan 192.0.2.81:7777 > 198.51.100.9:40001 tcp SA seq $c ack 1001 win 14600 tcpopt 020405b40101010101010101
drop SYN_COOKIE_SENT
in   wan  198.51.100.9:40001 > 192.0.2.81:7777 tcp A ack $c+1
out  pods 192.0.2.1:$b > 10.0.1.5:7777 tcp S seq 1000 ack 0 df tcpopt 020402180101010101010101
in   pods 10.0.1.5:7777 > 192.0.2.1:$b tcp SA seq 9000 ack 1001 tcpopt -
out  wan  192.0.2.81:7777 > 198.51.100.9:40001 tcp A seq $c+1
out  pods 192.0.2.1:$b > 10.0.1.5:7777 tcp A seq 1001 ack 9001
known SYN_SENT 11
# They end, and calls begin as ever.
wait 32s
in   wan  198.51.100.9:40002 > 192.0.2.81:7777 tcp S
out  pods 192.0.2.1:$e > 10.0.1.5:7777 tcp S
