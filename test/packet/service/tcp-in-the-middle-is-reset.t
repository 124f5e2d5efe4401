# A connection that nobody here remembers ends at once instead of hanging.
use test/conf/services.conf

in     wan  198.51.100.9:40000 > 192.0.2.81:7777    tcp A
answer wan  192.0.2.81:7777 > 198.51.100.9:40000    tcp R seq 5001
drop   TCP_NOT_SYN
in     wan  198.51.100.9:40000 > 192.0.2.81:7777    tcp R
drop   TCP_NOT_SYN
in     wan  [2001:db8:9::9]:40000 > [2001:db8:2::81]:7777   tcp PA len 5
answer wan  [2001:db8:2::81]:7777 > [2001:db8:9::9]:40000   tcp R seq 5001
drop   TCP_NOT_SYN
known  0
