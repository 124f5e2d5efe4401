# Its checksum covers the whole, which nobody here sees; untranslated it passes.
use test/conf/egress.conf

in   pods 10.0.1.5:4000 > 198.51.100.9:36412 sctp len 1000 frag 7 0-800
drop NAT_PROTOCOL
in   pods 10.0.1.5:4000 > 198.51.100.9:36412 sctp len 1000 frag 7 800-
drop NAT_PROTOCOL
in   pods 10.0.1.9:4000 > 198.51.100.9:36412 sctp len 1000 frag 7 0-800
in   pods 10.0.1.9:4000 > 198.51.100.9:36412 sctp len 1000 frag 7 800-
out  wan  10.0.1.9:4000 > 198.51.100.9:36412 sctp
out  wan  10.0.1.9:4000 > 198.51.100.9:36412 sctp
