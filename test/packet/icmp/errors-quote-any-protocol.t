# TCP whole and cut to eight bytes, UDP without a checksum, echo, SCTP: what is there is translated, and
# what is not there is not invented.
use test/conf/egress.conf

in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp S
out  wan  192.0.2.101:$t > 198.51.100.9:443 tcp S
in   wan  203.0.113.1 > 192.0.2.101 icmp 11/0 quote { 192.0.2.101:$t > 198.51.100.9:443 tcp S ttl 1 }
out  pods 203.0.113.1 > 10.0.1.5 icmp 11/0 quote { 10.0.1.5:4000 > 198.51.100.9:443 tcp S ttl 1 }
in   wan  203.0.113.1 > 192.0.2.101 icmp 11/0 quote { 192.0.2.101:$t > 198.51.100.9:443 tcp S ttl 1 } upto 28
out  pods 203.0.113.1 > 10.0.1.5 icmp 11/0 quote { 10.0.1.5:4000 > 198.51.100.9:443 tcp S ttl 1 } upto 28
in   wan  203.0.113.1 > 192.0.2.101 icmp 11/0 quote { 192.0.2.101:$t > 198.51.100.9:443 tcp S ttl 1 options 94040000 } upto 33
out  pods 203.0.113.1 > 10.0.1.5 icmp 11/0 quote { 10.0.1.5:4000 > 198.51.100.9:443 tcp S ttl 1 options 94040000 } upto 33
in   pods 10.0.1.5:4001 > 198.51.100.9:5060 udp len 4 nosum
out  wan  192.0.2.101:$u > 198.51.100.9:5060 udp
in   wan  203.0.113.1 > 192.0.2.101 icmp 3/3 quote { 192.0.2.101:$u > 198.51.100.9:5060 udp len 4 nosum }
out  pods 203.0.113.1 > 10.0.1.5 icmp 3/3 quote { 10.0.1.5:4001 > 198.51.100.9:5060 udp len 4 nosum }
in   pods 10.0.1.5 > 198.51.100.9 icmp echo 4002 1
out  wan  192.0.2.101 > 198.51.100.9 icmp echo $i 1
in   wan  203.0.113.1 > 192.0.2.101 icmp 11/0 quote { 192.0.2.101 > 198.51.100.9 icmp echo $i 1 ttl 1 }
out  pods 203.0.113.1 > 10.0.1.5 icmp 11/0 quote { 10.0.1.5 > 198.51.100.9 icmp echo 4002 1 ttl 1 }
in   wan  203.0.113.1 > 192.0.2.101 icmp 11/0 quote { 192.0.2.101 > 198.51.100.9 icmp echo $i 1 ttl 1 } upto 28
out  pods 203.0.113.1 > 10.0.1.5 icmp 11/0 quote { 10.0.1.5 > 198.51.100.9 icmp echo 4002 1 ttl 1 } upto 28
in   pods 10.0.1.5:4003 > 198.51.100.9:36412 sctp
out  wan  192.0.2.101:$s > 198.51.100.9:36412 sctp
in   wan  203.0.113.1 > 192.0.2.101 icmp 3/1 quote { 192.0.2.101:$s > 198.51.100.9:36412 sctp } upto 28
out  pods 203.0.113.1 > 10.0.1.5 icmp 3/1 quote { 10.0.1.5:4003 > 198.51.100.9:36412 sctp } upto 28
