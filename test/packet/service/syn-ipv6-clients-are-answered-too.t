# The same over IPv6: the segment size is what its longer header leaves.
use test/conf/services.conf syn_cookies="always"

in   wan  [2001:db8:9::9]:40000 > [2001:db8:2::81]:7777 tcp S tcpopt 020405a00103030501010402
answer wan [2001:db8:2::81]:7777 > [2001:db8:9::9]:40000 tcp SA seq $c ack 1001 win 14400 tcpopt 020405a00103030701010402
drop SYN_COOKIE_SENT
in   wan  [2001:db8:9::9]:40000 > [2001:db8:2::81]:7777 tcp A ack $c+1 win 502
out  pods [2001:db8:2::1]:$a > [fd00:1::5]:7777 tcp S seq 1000 ack 0 win 16064 tcpopt 020405a00103030501010402
in   pods [fd00:1::5]:7777 > [2001:db8:2::1]:$a tcp SA seq 5000 ack 1001 win 64000 tcpopt 020405a00103030901010402
out  wan  [2001:db8:2::81]:7777 > [2001:db8:9::9]:40000 tcp A seq $c+1 win 500 tcpopt 010101010101010101010101
out  pods [2001:db8:2::1]:$a > [fd00:1::5]:7777 tcp A seq 1001 ack 5001 win 502 tcpopt -
# The backend's windows are scaled by nine bits, the client was told seven.
in   pods [fd00:1::5]:7777 > [2001:db8:2::1]:$a tcp A seq 5001 ack 1001 win 125 len 20
out  wan  [2001:db8:2::81]:7777 > [2001:db8:9::9]:40000 tcp A seq $c+1 win 500
in   wan  [2001:db8:9::9]:40000 > [2001:db8:2::81]:7777 tcp A ack $c+21 win 510
out  pods [2001:db8:2::1]:$a > [fd00:1::5]:7777 tcp A ack 5021
