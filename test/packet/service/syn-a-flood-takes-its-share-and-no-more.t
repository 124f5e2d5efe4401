# Below the budget connections begin as ever; above it with cookies, which cost nothing. Who returns one does not count
# as half open, established connections notice nothing, and no SYN is refused.
use test/conf/services.conf half_open=4
workers 1

in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp S
out  pods 192.0.2.1:$a > 10.0.1.5:7777 tcp S
in   pods 10.0.1.5:7777 > 192.0.2.1:$a tcp SA ack 1001 seq 5000
out  wan  192.0.2.81:7777 > 198.51.100.9:40000 tcp SA
in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp A seq 1001 ack 5001
out  pods 192.0.2.1:$a > 10.0.1.5:7777 tcp A
flows 4 from 50000 in wan 203.0.113.7:* > 192.0.2.81:7777 tcp S
each out pods 192.0.2.1:* > 10.0.1.5:7777 tcp S
known SYN_SENT 4

in   wan  198.51.100.9:40001 > 192.0.2.81:7777 tcp S
answer wan 192.0.2.81:7777 > 198.51.100.9:40001 tcp SA seq $c ack 1001 win 14600 tcpopt 020405b40101010101010101
drop SYN_COOKIE_SENT
# Once more: it was lost.
in   wan  198.51.100.9:40001 > 192.0.2.81:7777 tcp S
answer wan 192.0.2.81:7777 > 198.51.100.9:40001 tcp SA seq $c ack 1001 win 14600 tcpopt 020405b40101010101010101
drop SYN_COOKIE_SENT
in   wan  198.51.100.9:40001 > 192.0.2.81:7777 tcp A ack $c+1
out  pods 192.0.2.1:$b > 10.0.1.5:7777 tcp S seq 1000 ack 0 df tcpopt 020402180101010101010101
in   pods 10.0.1.5:7777 > 192.0.2.1:$b tcp SA seq 9000 ack 1001 tcpopt -
out  wan  192.0.2.81:7777 > 198.51.100.9:40001 tcp A seq $c+1
out  pods 192.0.2.1:$b > 10.0.1.5:7777 tcp A seq 1001 ack 9001
in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp PA seq 1001 ack 5001 len 10
out  pods 192.0.2.1:$a > 10.0.1.5:7777 tcp PA
known ESTABLISHED 2
known SYN_SENT 4

# The flood ends: connections begin as before.
wait 32s
in   wan  198.51.100.9:40002 > 192.0.2.81:7777 tcp S
out  pods 192.0.2.1:$e > 10.0.1.5:7777 tcp S

# Switched off, the budget is a limit.
set syn_cookies="never"
flows 3 from 51000 in wan 203.0.113.7:* > 192.0.2.81:7777 tcp S
each out pods 192.0.2.1:* > 10.0.1.5:7777 tcp S
in   wan  198.51.100.9:40003 > 192.0.2.81:7777 tcp S
drop HALF_OPEN_FULL
