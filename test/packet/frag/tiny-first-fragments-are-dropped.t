# RFC 1858, RFC 7112: the transport header must be whole in the first fragment, or no filter sees it.
use test/conf/egress.conf

in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp S len 100 frag 7 0-8
drop FRAGMENT_TINY
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp S len 100 frag 8 0-16
drop FRAGMENT_TINY
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp S len 100 tcpopt 0101010101010101 frag 9 0-24
drop FRAGMENT_TINY
in   pods 10.0.1.5:4000 > 198.51.100.9:36412 sctp len 100 frag 7 0-8
drop FRAGMENT_TINY
in   pods [fd00:1::5]:4000 > [2001:db8:9::9]:443 tcp S len 100 frag 7 0-16
drop FRAGMENT_TINY
