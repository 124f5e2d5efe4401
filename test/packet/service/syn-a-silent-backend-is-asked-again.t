# Our SYN may be lost: it is sent again after one second and two more, while the client is there, and then as often as
# the client repeats itself. What waits is dropped in time, the flow ends in time.
use test/conf/services.conf syn_cookies="always"
workers 1

in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp S
answer wan 192.0.2.81:7777 > 198.51.100.9:40000 tcp SA seq $c ack 1001 win 14600 tcpopt 020405b40101010101010101
drop SYN_COOKIE_SENT
in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp A ack $c+1
out  pods 192.0.2.1:$a > 10.0.1.5:7777 tcp S seq 1000 ack 0 df tcpopt 020402180101010101010101
wait 900ms
nothing
wait 200ms
out  pods 192.0.2.1:$a > 10.0.1.5:7777 tcp S seq 1000 ack 0 df tcpopt 020402180101010101010101
wait 1800ms
nothing
wait 300ms
out  pods 192.0.2.1:$a > 10.0.1.5:7777 tcp S seq 1000 ack 0 df tcpopt 020402180101010101010101
wait 400ms
drop BACKEND_SILENT
wait 4s
nothing
in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp PA ack $c+1 len 10
out  pods 192.0.2.1:$a > 10.0.1.5:7777 tcp S seq 1000 ack 0 df len 0 tcpopt 020402180101010101010101
wait 4s
drop BACKEND_SILENT
in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp PA ack $c+1 len 10
nothing
wait 4s
drop BACKEND_SILENT
known GREETING 1
wait 30s
known 0
