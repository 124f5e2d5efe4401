# Odd, but legal; windows are not judged from there on.
use test/conf/egress.conf

in   pods 10.0.1.9:4000 > 198.51.100.9:443 tcp S
out  wan  10.0.1.9:4000 > 198.51.100.9:443 tcp S
in   wan  198.51.100.9:443 > 10.0.1.9:4000 tcp SA
out  pods 198.51.100.9:443 > 10.0.1.9:4000 tcp SA
in   pods 10.0.1.9:4000 > 198.51.100.9:443 tcp A
out  wan  10.0.1.9:4000 > 198.51.100.9:443 tcp A
in   pods 10.0.1.9:4000 > 198.51.100.9:443 tcp PA len 1000 frag 3 600-
in   pods 10.0.1.9:4000 > 198.51.100.9:443 tcp PA len 1000 frag 3 0-600
out  wan  10.0.1.9:4000 > 198.51.100.9:443 tcp PA
out  wan  10.0.1.9:4000 > 198.51.100.9:443 tcp PA
known ESTABLISHED 1
