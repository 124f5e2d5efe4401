# A guess opens nothing. While cookies are being sent it is not even answered; later with a reset; and when none were
# sent for two minutes it is an ordinary stray segment, as it was before.
use test/conf/services.conf syn_cookies="always"
workers 1

in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp A
drop TCP_NOT_SYN
answer wan 192.0.2.81:7777 > 198.51.100.9:40000 tcp R
in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp S
answer wan 192.0.2.81:7777 > 198.51.100.9:40000 tcp SA seq $c ack 1001 win 14600 tcpopt 020405b40101010101010101
drop SYN_COOKIE_SENT
in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp A ack $c+2
drop SYN_COOKIE_BAD
in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp A seq 1002 ack $c+1
drop SYN_COOKIE_BAD
in   wan  198.51.100.9:40001 > 192.0.2.81:7777 tcp A ack $c+1
drop SYN_COOKIE_BAD
in   wan  198.51.100.9:40000 > 192.0.2.80:80 tcp A ack $c+1
drop SYN_COOKIE_BAD
in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp R ack $c+1
drop TCP_NOT_SYN
wait 3s
in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp A ack $c+2
answer wan 192.0.2.81:7777 > 198.51.100.9:40000 tcp R
drop SYN_COOKIE_BAD
# Two minutes later it is too old.
wait 134s
in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp A ack $c+1
answer wan 192.0.2.81:7777 > 198.51.100.9:40000 tcp R
drop SYN_COOKIE_BAD
wait 2s
in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp A ack $c+1
answer wan 192.0.2.81:7777 > 198.51.100.9:40000 tcp R
drop TCP_NOT_SYN
known 0
