# A switch may flood; what is for others is not ours.
use test/conf/egress.conf

in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp S ethdst 020000000007
drop NOT_FOR_US
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp S ethdst ffffffffffff
drop NOT_FOR_US
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp S ethdst 01005e000001
drop NOT_FOR_US
