# A minute, as nobody says otherwise; a silent one is forgotten half a minute later.
use test/conf/services.conf
objects + pools.yaml
in   wan  198.51.100.9:40000 > 192.0.2.90:80 tcp S
out  pods 198.51.100.9:40000 > 10.0.1.5:8080 tcp S
in   pods 10.0.1.5:8080 > 198.51.100.9:40000 tcp SA
out  wan  192.0.2.90:80 > 198.51.100.9:40000 tcp SA
in   wan  198.51.100.9:40000 > 192.0.2.90:80 tcp A
out  pods 198.51.100.9:40000 > 10.0.1.5:8080 tcp A
in   wan  198.51.100.9:50000 > 192.0.2.81:7777 tcp S
out  pods 192.0.2.1:$b > 10.0.1.5:7777         tcp S
in   pods 10.0.1.5:7777 > 192.0.2.1:$b         tcp SA
out  wan  192.0.2.81:7777 > 198.51.100.9:50000 tcp SA
in   wan  198.51.100.9:50000 > 192.0.2.81:7777 tcp A
out  pods 192.0.2.1:$b > 10.0.1.5:7777         tcp A
objects services.d/cluster.yaml
in   wan  198.51.100.9:40000 > 192.0.2.90:80 tcp PA len 10
out  pods 198.51.100.9:40000 > 10.0.1.5:8080 tcp PA
in   wan  198.51.100.9:50000 > 192.0.2.81:7777 tcp PA len 10
out  pods 192.0.2.1:$b > 10.0.1.5:7777         tcp PA
wait 55s
in   pods 10.0.1.5:8080 > 198.51.100.9:40000 tcp A ack 1011
out  wan  192.0.2.90:80 > 198.51.100.9:40000 tcp A
in   pods 10.0.1.5:7777 > 192.0.2.1:$b         tcp A ack 1011
out  wan  192.0.2.81:7777 > 198.51.100.9:50000 tcp A
wait 8s
in   wan  198.51.100.9:40000 > 192.0.2.90:80 tcp PA len 10 seq 1011
answer wan 192.0.2.90:80 > 198.51.100.9:40000 tcp R seq 5001
drop SERVICE_GONE
known ESTABLISHED 1
wait 35s
known 0
