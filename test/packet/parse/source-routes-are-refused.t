# RFC 7126: loose and strict source routes choose a way around policy.
use test/conf/egress.conf

in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp S options 8307040000000001
drop IP4_SOURCE_ROUTE

in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp S options 8907040000000001
drop IP4_SOURCE_ROUTE
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp S options 010183070400000000010100
drop IP4_SOURCE_ROUTE
