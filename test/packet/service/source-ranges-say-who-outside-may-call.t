# Pods may call whatever the ranges say; a connection ends when its client is no longer let in.
use test/conf/services.conf
objects + pools.yaml

in     wan  198.51.100.9:4000 > 192.0.2.93:80       udp
out    pods 192.0.2.1:$a > 10.0.1.5:8080            udp
in     wan  203.0.113.9:4000 > 192.0.2.93:80        udp
drop   SERVICE_SOURCE
in     pods 10.0.1.20:4000 > 192.0.2.93:80          udp
out    pods 192.0.2.1:$b > 10.0.1.5:8080            udp
in     wan  [2001:db8:9::9]:4000 > [2001:db8:2::93]:80    udp
out    pods [2001:db8:2::1]:$c > [fd00:1::5]:8080         udp
in     wan  [2001:db8:8::9]:4000 > [2001:db8:2::93]:80    udp
drop   SERVICE_SOURCE
in     wan  198.51.100.9:4000 > 192.0.2.94:80       udp
drop   SERVICE_SOURCE
in     wan  203.0.113.9:4000 > 192.0.2.94:80        udp
out    pods 192.0.2.1:$d > 10.0.1.5:8080            udp
objects services.d/cluster.yaml
| apiVersion: sluice.io/v1alpha1
| kind: BackendPool
| metadata: {name: ranged, namespace: shop}
| spec:
|   sourceRanges: [203.0.113.0/24]
|   frontends:
|   - {address: 192.0.2.93, port: 80, protocol: UDP}
|   backends:
|   - {name: a4, address: 10.0.1.5, port: 8080}
in     wan  198.51.100.9:4000 > 192.0.2.93:80       udp
drop   SERVICE_SOURCE
in     pods 10.0.1.20:4000 > 192.0.2.93:80          udp
out    pods 192.0.2.1:$b > 10.0.1.5:8080            udp
