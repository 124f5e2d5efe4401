# A timestamp has no identifier that we translate: one pod at a time may ask one remote, the next is refused by
# name and told so. Nobody leaves with an address of his own.
use test/conf/egress.conf

in   pods 10.0.1.5 > 198.51.100.9 icmp 13/0 len 12
out  wan  192.0.2.101 > 198.51.100.9 icmp 13/0
in   pods 10.0.1.6 > 198.51.100.9 icmp 13/0 len 12
answer pods 10.0.1.1 > 10.0.1.6 icmp 3/13
drop NAT_PROTOCOL
in   wan  198.51.100.9 > 192.0.2.101 icmp 14/0 len 12
out  pods 198.51.100.9 > 10.0.1.5 icmp 14/0
# Another remote is another matter, and so is who is not translated.
in   pods 10.0.1.6 > 198.51.100.10 icmp 13/0 len 12
out  wan  192.0.2.101 > 198.51.100.10 icmp 13/0
in   pods 10.0.1.9 > 198.51.100.9 icmp 13/0 len 12
out  wan  10.0.1.9 > 198.51.100.9 icmp 13/0
in   wan  198.51.100.9 > 10.0.1.9 icmp 14/0 len 12
out  pods 198.51.100.9 > 10.0.1.9 icmp 14/0
known 3
wait 32s
in   pods 10.0.1.6 > 198.51.100.9 icmp 13/0 len 12
out  wan  192.0.2.101 > 198.51.100.9 icmp 13/0
