# How much a cut segment holds is not known, but where it begins is: a blind attacker who cuts his resets gains
# nothing. Neither does who cuts a SYN.
use test/conf/egress.conf

in   pods 10.0.1.9:4000 > 198.51.100.9:443 tcp S
out  wan  10.0.1.9:4000 > 198.51.100.9:443 tcp S
in   wan  198.51.100.9:443 > 10.0.1.9:4000 tcp SA
out  pods 198.51.100.9:443 > 10.0.1.9:4000 tcp SA
in   pods 10.0.1.9:4000 > 198.51.100.9:443 tcp A
out  wan  10.0.1.9:4000 > 198.51.100.9:443 tcp A
in   wan  198.51.100.9:443 > 10.0.1.9:4000 tcp RA len 108 seq 90005000 frag 3 0-64
drop TCP_OUT_OF_WINDOW
in   wan  198.51.100.9:443 > 10.0.1.9:4000 tcp R seq 90005000
drop TCP_OUT_OF_WINDOW
known ESTABLISHED 1
in   pods 10.0.1.9:4001 > 198.51.100.9:443 tcp S len 108 frag 4 0-64
out  wan  10.0.1.9:4001 > 198.51.100.9:443 tcp S
in   wan  198.51.100.9:443 > 10.0.1.9:4001 tcp SA ack 1001
out  pods 198.51.100.9:443 > 10.0.1.9:4001 tcp SA
in   wan  198.51.100.9:443 > 10.0.1.9:4001 tcp SA ack 1001
out  pods 198.51.100.9:443 > 10.0.1.9:4001 tcp SA
known ESTABLISHED 1
known SYN_RECV 1
wait 1s
