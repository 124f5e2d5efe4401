# Clients of IPv6 call a service whose backends have IPv4 alone: the packets cross (RFC 7915).
use test/conf/services.conf
objects + families.yaml

in   wan   [2001:db8:2::20]:4000 > [2001:db8:2::64]:80    tcp S tos 8 wscale 7
out  pods  192.0.2.1:$a > 10.0.1.5:8080                    tcp S seq 1000
in   pods  10.0.1.5:8080 > 192.0.2.1:$a                    tcp SA df id 77 wscale 9
out  wan   [2001:db8:2::64]:80 > [2001:db8:2::20]:4000    tcp SA
in   wan   [2001:db8:2::20]:4000 > [2001:db8:2::64]:80    tcp A
out  pods  192.0.2.1:$a > 10.0.1.5:8080                    tcp A seq 1001
in   wan   [2001:db8:2::20]:4000 > [2001:db8:2::64]:80    tcp PA len 900 hopopts
out  pods  192.0.2.1:$a > 10.0.1.5:8080                    tcp PA seq 1001
in   pods  10.0.1.5:8080 > 192.0.2.1:$a                    tcp PA ack 1901 len 1400 df
out  wan   [2001:db8:2::64]:80 > [2001:db8:2::20]:4000    tcp PA ack 1901
in   wan   [2001:db8:2::20]:4000 > [2001:db8:2::64]:80    tcp FA seq 1901 ack 6401
out  pods  192.0.2.1:$a > 10.0.1.5:8080                    tcp FA
in   pods  10.0.1.5:8080 > 192.0.2.1:$a                    tcp FA seq 6401 ack 1902
out  wan   [2001:db8:2::64]:80 > [2001:db8:2::20]:4000    tcp FA

in   wan   [2001:db8:2::20]:4001 > [2001:db8:2::64]:53    udp len 40
out  pods  192.0.2.1:$b > 10.0.1.5:5353                    udp
# Over IPv4 UDP may go without a checksum, over IPv6 it gets one.
in   pods  10.0.1.5:5353 > 192.0.2.1:$b                    udp len 41 nosum
out  wan   [2001:db8:2::64]:53 > [2001:db8:2::20]:4001    udp

in   wan   [2001:db8:2::20]:4002 > [2001:db8:2::64]:9999  sctp tag 5
out  pods  192.0.2.1:$c > 10.0.1.5:9999                    sctp
in   pods  10.0.1.5:9999 > 192.0.2.1:$c                    sctp tag 6
out  wan   [2001:db8:2::64]:9999 > [2001:db8:2::20]:4002  sctp

# Pods too, by the ClusterIP.
in   pods  [fd00:1::20]:4000 > [fd00:96::64]:53           udp
out  pods  192.0.2.1:$d > 10.0.1.5:5353                    udp
