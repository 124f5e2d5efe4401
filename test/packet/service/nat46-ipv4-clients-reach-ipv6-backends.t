# Clients of IPv4 call a service whose backends have IPv6 alone: the packets cross (RFC 7915).
use test/conf/services.conf
objects + families.yaml

in   wan   192.0.2.20:4000 > 192.0.2.64:80            tcp S tos 8 wscale 7 df id 5
out  pods  [2001:db8:2::1]:$a > [fd00:1::5]:8080          tcp S seq 1000
in   pods  [fd00:1::5]:8080 > [2001:db8:2::1]:$a          tcp SA wscale 9
out  wan   192.0.2.64:80 > 192.0.2.20:4000            tcp SA
in   wan   192.0.2.20:4000 > 192.0.2.64:80            tcp A df options 01010101
out  pods  [2001:db8:2::1]:$a > [fd00:1::5]:8080          tcp A seq 1001
in   wan   192.0.2.20:4000 > 192.0.2.64:80            tcp PA len 900 df
out  pods  [2001:db8:2::1]:$a > [fd00:1::5]:8080          tcp PA seq 1001
in   pods  [fd00:1::5]:8080 > [2001:db8:2::1]:$a          tcp PA ack 1901 len 1400
out  wan   192.0.2.64:80 > 192.0.2.20:4000            tcp PA ack 1901

in   wan   192.0.2.20:4001 > 192.0.2.64:53            udp len 40 nosum
out  pods  [2001:db8:2::1]:$b > [fd00:1::5]:5353          udp
in   pods  [fd00:1::5]:5353 > [2001:db8:2::1]:$b          udp len 41
out  wan   192.0.2.64:53 > 192.0.2.20:4001            udp

in   wan   192.0.2.20:4002 > 192.0.2.64:9999          sctp tag 5
out  pods  [2001:db8:2::1]:$c > [fd00:1::5]:9999          sctp
in   pods  [fd00:1::5]:9999 > [2001:db8:2::1]:$c          sctp tag 6
out  wan   192.0.2.64:9999 > 192.0.2.20:4002          sctp

in   pods  10.0.1.20:4000 > 10.96.0.64:53             udp
out  pods  [2001:db8:2::1]:$d > [fd00:1::5]:5353          udp
