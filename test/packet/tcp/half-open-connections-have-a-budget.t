# A flood of SYNs takes no more than its share; established connections do not notice, and room comes back with time.
use test/conf/egress.conf half_open=8
workers 1

in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp S
out  wan  192.0.2.101:$a > 198.51.100.9:443 tcp S
in   wan  198.51.100.9:443 > 192.0.2.101:$a tcp SA
out  pods 198.51.100.9:443 > 10.0.1.5:4000 tcp SA
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp A
out  wan  192.0.2.101:$a > 198.51.100.9:443 tcp A
flows 8 from 5000 in pods 10.0.1.6:* > 198.51.100.9:443 tcp S
each out wan 192.0.2.101:* > 198.51.100.9:443 tcp S
flows 20 from 6000 in pods 10.0.1.6:* > 198.51.100.9:443 tcp S
each drop HALF_OPEN_FULL
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp PA len 10
out  wan  192.0.2.101:$a > 198.51.100.9:443 tcp PA
in   pods 10.0.1.6:4000 > 198.51.100.9:53 udp
out  wan  192.0.2.101:$b > 198.51.100.9:53 udp
wait 32s
in   pods 10.0.1.6:6000 > 198.51.100.9:443 tcp S
out  wan  192.0.2.101:$c > 198.51.100.9:443 tcp S
