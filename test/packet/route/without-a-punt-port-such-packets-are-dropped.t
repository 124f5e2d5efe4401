# By name.
use test/conf/egress.conf interface=""

in   pods 10.0.1.5:4000 > 10.0.1.1:22 tcp S
drop PUNT_NONE
