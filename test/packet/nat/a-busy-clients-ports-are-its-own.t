# Both directions of a hundred connections, each by its own port.
use test/conf/egress.conf

flows 100 from 4000 in pods 10.0.1.5:* > 198.51.100.9:443 udp
each out wan 192.0.2.101:* > 198.51.100.9:443 udp
flows 100 from 4000 in pods 10.0.1.6:* > 198.51.100.9:443 udp
each out wan 192.0.2.101:* > 198.51.100.9:443 udp
known 200
