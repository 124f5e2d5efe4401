# An option of length zero would never end, one too long would end elsewhere.
use test/conf/egress.conf

in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp S options 07000000
drop BAD_IP4_HEADER
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp S options 07010000
drop BAD_IP4_HEADER
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp S options 07050000
drop BAD_IP4_HEADER
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp S options 01010107
drop BAD_IP4_HEADER
# Behind the end of the list anything may stand.
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp S options 00070000
out  wan  192.0.2.101:$a > 198.51.100.9:443 tcp S
