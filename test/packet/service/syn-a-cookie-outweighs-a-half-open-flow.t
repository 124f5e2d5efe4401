# The client's SYN came twice: the first was answered with a cookie, the second found room. The client goes on with the
# cookie that it heard first, and is connected all the same.
use test/conf/services.conf syn_cookies="always"

in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp S
answer wan 192.0.2.81:7777 > 198.51.100.9:40000 tcp SA seq $c ack 1001 win 14600 tcpopt 020405b40101010101010101
drop SYN_COOKIE_SENT
set  syn_cookies="full"
in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp S
out  pods 192.0.2.1:$a > 10.0.1.5:7777 tcp S
in   pods 10.0.1.5:7777 > 192.0.2.1:$a tcp SA seq 5000 ack 1001
out  wan  192.0.2.81:7777 > 198.51.100.9:40000 tcp SA
known SYN_RECV 1
in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp A ack $c+1
out  pods 192.0.2.1:$b > 10.0.1.5:7777 tcp S seq 1000 ack 0 df tcpopt 020402180101010101010101
known GREETING 1
known 1
in   pods 10.0.1.5:7777 > 192.0.2.1:$b tcp SA seq 5000 ack 1001
out  wan  192.0.2.81:7777 > 198.51.100.9:40000 tcp A seq $c+1
out  pods 192.0.2.1:$b > 10.0.1.5:7777 tcp A seq 1001 ack 5001
known ESTABLISHED 1
