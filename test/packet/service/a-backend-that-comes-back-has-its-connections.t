# Its grace was over, and nobody spoke. A connection that goes on then is as any other: it may be silent for long, and has
# its whole grace when the backend goes once more.
use test/conf/services.conf grace=20
objects services.d/cluster.yaml
| apiVersion: sluice.io/v1alpha1
| kind: BackendPool
| metadata: {name: p, namespace: shop}
| spec:
|   frontends: [{address: 192.0.2.90, port: 80}]
|   backends: [{name: a, address: 10.0.1.5, port: 8080}]
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
|   frontends: [{address: 192.0.2.90, port: 80}]
|   backends: [{name: b, address: 10.0.1.6, port: 8080}]
in   wan  198.51.100.9:40000 > 192.0.2.90:80 tcp A
out  pods 192.0.2.1:$a > 10.0.1.5:8080       tcp A
wait 23s
objects services.d/cluster.yaml
| apiVersion: sluice.io/v1alpha1
| kind: BackendPool
| metadata: {name: p, namespace: shop}
| spec:
|   frontends: [{address: 192.0.2.90, port: 80}]
|   backends: [{name: a, address: 10.0.1.5, port: 8080}]
in   wan  198.51.100.9:40000 > 192.0.2.90:80 tcp A
out  pods 192.0.2.1:$a > 10.0.1.5:8080       tcp A
wait 100s
known ESTABLISHED 1
in   wan  198.51.100.9:40000 > 192.0.2.90:80 tcp A
out  pods 192.0.2.1:$a > 10.0.1.5:8080       tcp A
objects services.d/cluster.yaml
| apiVersion: sluice.io/v1alpha1
| kind: BackendPool
| metadata: {name: p, namespace: shop}
| spec:
|   frontends: [{address: 192.0.2.90, port: 80}]
|   backends: [{name: b, address: 10.0.1.6, port: 8080}]
in   wan  198.51.100.9:40000 > 192.0.2.90:80 tcp A
out  pods 192.0.2.1:$a > 10.0.1.5:8080       tcp A
wait 10s
in   wan  198.51.100.9:40000 > 192.0.2.90:80 tcp A
out  pods 192.0.2.1:$a > 10.0.1.5:8080       tcp A
wait 13s
in   wan  198.51.100.9:40000 > 192.0.2.90:80 tcp A
answer wan 192.0.2.90:80 > 198.51.100.9:40000 tcp R seq 5001
drop SERVICE_GONE
event flow-close policy
