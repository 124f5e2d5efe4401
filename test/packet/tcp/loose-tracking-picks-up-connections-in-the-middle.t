# For a gateway that takes over without flows; short-lived until an answer comes, and a reset still opens nothing.
use test/conf/egress.conf loose=true

in   pods 10.0.1.9:4000 > 198.51.100.9:443 tcp R
drop TCP_NOT_SYN
in   pods 10.0.1.9:4000 > 198.51.100.9:443 tcp PA len 10 seq 123456 ack 654321
out  wan  10.0.1.9:4000 > 198.51.100.9:443 tcp PA
known SYN_RECV 1
in   wan  198.51.100.9:443 > 10.0.1.9:4000 tcp A seq 654321 ack 123466
out  pods 198.51.100.9:443 > 10.0.1.9:4000 tcp A
known ESTABLISHED 1
in   wan  198.51.100.9:443 > 10.0.1.9:4000 tcp R seq 654321
out  pods 198.51.100.9:443 > 10.0.1.9:4000 tcp R
known CLOSED 1
