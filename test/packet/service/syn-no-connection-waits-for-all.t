# Sixteen packets of one connection wait for the backend, and no more. When the client gives up they are gone.
use test/conf/services.conf syn_cookies="always"

in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp S
answer wan 192.0.2.81:7777 > 198.51.100.9:40000 tcp SA seq $c ack 1001 win 14600 tcpopt 020405b40101010101010101
drop SYN_COOKIE_SENT
in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp A ack $c+1
out  pods 192.0.2.1:$a > 10.0.1.5:7777 tcp S seq 1000 ack 0 df tcpopt 020402180101010101010101
in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp PA ack $c+1 len 10
nothing
in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp PA ack $c+1 len 10
nothing
in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp PA ack $c+1 len 10
nothing
in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp PA ack $c+1 len 10
nothing
in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp PA ack $c+1 len 10
nothing
in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp PA ack $c+1 len 10
nothing
in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp PA ack $c+1 len 10
nothing
in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp PA ack $c+1 len 10
nothing
in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp PA ack $c+1 len 10
nothing
in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp PA ack $c+1 len 10
nothing
in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp PA ack $c+1 len 10
nothing
in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp PA ack $c+1 len 10
nothing
in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp PA ack $c+1 len 10
nothing
in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp PA ack $c+1 len 10
nothing
in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp PA ack $c+1 len 10
nothing
in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp PA ack $c+1 len 10
drop BACKEND_SILENT
in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp R seq 1001
out  pods 192.0.2.1:$a > 10.0.1.5:7777 tcp R
drop TCP_BAD_STATE 16
