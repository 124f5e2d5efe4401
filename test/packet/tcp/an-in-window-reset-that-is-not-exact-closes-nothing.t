# It goes through, and the endpoint answers with a challenge if it is alive; the connection stays known until a
# reset with the very next number comes.
use test/conf/egress.conf

in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp S
out  wan  192.0.2.101:$a > 198.51.100.9:443 tcp S
in   wan  198.51.100.9:443 > 192.0.2.101:$a tcp SA
out  pods 198.51.100.9:443 > 10.0.1.5:4000 tcp SA
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp A
out  wan  192.0.2.101:$a > 198.51.100.9:443 tcp A
in   wan  198.51.100.9:443 > 192.0.2.101:$a tcp R seq 6000 ack 0
out  pods 198.51.100.9:443 > 10.0.1.5:4000 tcp R
known ESTABLISHED 1
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp R seq 2000
out  wan  192.0.2.101:$a > 198.51.100.9:443 tcp R
known ESTABLISHED 1
in   wan  198.51.100.9:443 > 192.0.2.101:$a tcp PA len 100
out  pods 198.51.100.9:443 > 10.0.1.5:4000 tcp PA
in   wan  198.51.100.9:443 > 192.0.2.101:$a tcp R seq 5101
out  pods 198.51.100.9:443 > 10.0.1.5:4000 tcp R
known CLOSED 1
