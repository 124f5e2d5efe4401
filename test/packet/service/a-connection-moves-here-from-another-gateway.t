# With its client's address kept and the same Maglev table, it goes on in the middle.
use test/conf/services.conf
objects + pools.yaml

in     wan  198.51.100.9:40000 > 192.0.2.90:80      tcp PA len 100 seq 777 ack 999
out    pods 198.51.100.9:40000 > 10.0.1.5:8080      tcp PA
in     pods 10.0.1.5:8080 > 198.51.100.9:40000      tcp A seq 999 ack 877
out    wan  192.0.2.90:80 > 198.51.100.9:40000      tcp A
known  ESTABLISHED 1
in     wan  [2001:db8:9::9]:40000 > [2001:db8:2::90]:80   tcp A
out    pods [2001:db8:9::9]:40000 > [fd00:1::5]:8080      tcp A
# Nothing begins with a reset, or with an answer.
in     wan  198.51.100.9:40001 > 192.0.2.90:80      tcp R
drop   TCP_NOT_SYN
in     wan  198.51.100.9:40002 > 192.0.2.90:80      tcp SA
answer wan  192.0.2.90:80 > 198.51.100.9:40002      tcp R
drop   TCP_NOT_SYN
