# No connection, no SYN: by name, in both directions.
use test/conf/egress.conf

in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp A
drop TCP_NOT_SYN
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp SA
drop TCP_NOT_SYN
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp R
drop TCP_NOT_SYN
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp FA
drop TCP_NOT_SYN
in   wan  198.51.100.9:443 > 192.0.2.101:4000 tcp S
drop NO_FLOW
in   wan  198.51.100.9:443 > 192.0.2.101:4000 tcp SA
drop TCP_NOT_SYN
in   wan  198.51.100.9:443 > 10.0.1.9:4000 tcp A
drop TCP_NOT_SYN
