# Connections that are there for its weight: three with one, then the one that has half; one that closed is none.
use test/conf/services.conf
workers 1
objects services.d/cluster.yaml
| apiVersion: sluice.io/v1alpha1
| kind: BackendPool
| metadata: {name: p, namespace: shop}
| spec:
|   algorithm: least-connections
|   frontends:
|   - {address: 192.0.2.90, port: 80}
|   backends:
|   - {name: a, address: 10.0.1.5, port: 8080, weight: 1}
in   wan  198.51.100.9:40000 > 192.0.2.90:80 tcp S
out  pods 192.0.2.1:$a > 10.0.1.5:8080 tcp S
in   wan  198.51.100.9:40001 > 192.0.2.90:80 tcp S
out  pods 192.0.2.1:$b > 10.0.1.5:8080 tcp S
objects services.d/cluster.yaml
| apiVersion: sluice.io/v1alpha1
| kind: BackendPool
| metadata: {name: p, namespace: shop}
| spec:
|   algorithm: least-connections
|   frontends:
|   - {address: 192.0.2.90, port: 80}
|   backends:
|   - {name: a, address: 10.0.1.5, port: 8080, weight: 2}
|   - {name: b, address: 10.0.1.6, port: 8080, weight: 1}
|   - {name: c, address: 10.0.1.7, port: 8080, weight: 0}
# 2 of 2 there, none of 1 here
in   wan  198.51.100.9:40002 > 192.0.2.90:80 tcp S
out  pods 192.0.2.1:$c > 10.0.1.6:8080 tcp S
# 3/2 against 2/1
in   wan  198.51.100.9:40003 > 192.0.2.90:80 tcp S
out  pods 192.0.2.1:$d > 10.0.1.5:8080 tcp S
restart
# 4/2 against 2/1: alike; closed, it is 3/2
in   pods 10.0.1.5:8080 > 192.0.2.1:$d tcp RA
out  wan  192.0.2.90:80 > 198.51.100.9:40003 tcp RA
in   wan  198.51.100.9:40004 > 192.0.2.90:80 tcp S
out  pods 192.0.2.1:$e > 10.0.1.5:8080 tcp S
