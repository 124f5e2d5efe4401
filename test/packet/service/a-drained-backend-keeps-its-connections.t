# It takes no new ones; those it has go on, without an end.
use test/conf/services.conf
objects services.d/cluster.yaml
| apiVersion: sluice.io/v1alpha1
| kind: BackendPool
| metadata: {name: p, namespace: shop}
| spec:
|   frontends:
|   - {address: 192.0.2.90, port: 80}
|   backends:
|   - {name: a, address: 10.0.1.5, port: 8080}
in   wan  198.51.100.9:40000 > 192.0.2.90:80 tcp S
out  pods 192.0.2.1:$a > 10.0.1.5:8080       tcp S
in   pods 10.0.1.5:8080 > 192.0.2.1:$a       tcp SA
out  wan  192.0.2.90:80 > 198.51.100.9:40000 tcp SA
in   wan  198.51.100.9:40000 > 192.0.2.90:80 tcp A
out  pods 192.0.2.1:$a > 10.0.1.5:8080       tcp A
objects services.d/cluster.yaml
| apiVersion: sluice.io/v1alpha1
| kind: BackendPool
| metadata: {name: p, namespace: shop}
| spec:
|   frontends:
|   - {address: 192.0.2.90, port: 80}
|   backends:
|   - {name: a, address: 10.0.1.5, port: 8080, drain: true}
|   - {name: b, address: 10.0.1.6, port: 8080}
in   wan  198.51.100.9:40000 > 192.0.2.90:80 tcp PA len 10
out  pods 192.0.2.1:$a > 10.0.1.5:8080       tcp PA
in   wan  198.51.100.9:40001 > 192.0.2.90:80 tcp S
out  pods 192.0.2.1:$b > 10.0.1.6:8080       tcp S
wait 3600s
in   wan  198.51.100.9:40000 > 192.0.2.90:80 tcp PA len 10 seq 1011
out  pods 192.0.2.1:$a > 10.0.1.5:8080       tcp PA
# A client that calls again from the same port is a new one.
in   pods 10.0.1.5:8080 > 192.0.2.1:$a       tcp RA
out  wan  192.0.2.90:80 > 198.51.100.9:40000 tcp RA
in   wan  198.51.100.9:40000 > 192.0.2.90:80 tcp S seq 9000
out  pods 192.0.2.1:$c > 10.0.1.6:8080       tcp S
event flow-close replaced
