# By the service and the backend itself: the backend could not tell them apart.
use test/conf/services.conf
objects + pools.yaml

in     wan  198.51.100.9:40000 > 10.0.1.5:8080      tcp S
out    pods 198.51.100.9:40000 > 10.0.1.5:8080      tcp S
in     wan  198.51.100.9:40000 > 192.0.2.90:80      tcp S
answer wan  192.0.2.90:80 > 198.51.100.9:40000      tcp RA
drop   SERVICE_CLASH
# When the first has closed it makes room.
in     pods 10.0.1.5:8080 > 198.51.100.9:40000      tcp RA
out    wan  10.0.1.5:8080 > 198.51.100.9:40000      tcp RA
in     wan  198.51.100.9:40000 > 192.0.2.90:80      tcp S
out    pods 198.51.100.9:40000 > 10.0.1.5:8080      tcp S
# What the backend said before anybody called it was an answer to another gateway's client.
in     pods 10.0.1.5:8080 > 198.51.100.9:5000       udp
out    wan  10.0.1.5:8080 > 198.51.100.9:5000       udp
in     wan  198.51.100.9:5000 > 192.0.2.90:80       udp
out    pods 198.51.100.9:5000 > 10.0.1.5:8080       udp
in     pods 10.0.1.5:8080 > 198.51.100.9:5000       udp
out    wan  192.0.2.90:80 > 198.51.100.9:5000       udp
