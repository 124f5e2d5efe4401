# Nothing is read behind the end of a runt.
use test/conf/egress.conf

in   pods hex 020000000001020000000105
drop SHORT_ETH
in   pods hex 0200000000010200000001050800
drop SHORT_IP4
in   pods hex 02000000000102000000010586dd
drop SHORT_IP6
in   pods hex 0200
drop SHORT_ETH
