# One that comes with a thousand times the weight has nearly nothing at first, and nearly all when it has started.
use test/conf/services.conf
workers 1
objects services.d/cluster.yaml
| apiVersion: sluice.io/v1alpha1
| kind: BackendPool
| metadata: {name: p, namespace: shop}
| spec:
|   algorithm: random
|   slowStart: 24h
|   frontends:
|   - {address: 192.0.2.90, port: 80, protocol: UDP}
|   backends:
|   - {name: a, address: 10.0.1.5, port: 8080, weight: 1}
in   wan  198.51.100.9:4000 > 192.0.2.90:80 udp
out  pods 192.0.2.1:$a > 10.0.1.5:8080 udp
wait 10s
objects services.d/cluster.yaml
| apiVersion: sluice.io/v1alpha1
| kind: BackendPool
| metadata: {name: p, namespace: shop}
| spec:
|   algorithm: random
|   slowStart: 24h
|   frontends:
|   - {address: 192.0.2.90, port: 80, protocol: UDP}
|   backends:
|   - {name: a, address: 10.0.1.5, port: 8080, weight: 1}
|   - {name: b, address: 10.0.1.6, port: 8080, weight: 1000}
in   wan  198.51.100.9:4001 > 192.0.2.90:80 udp
out  pods 192.0.2.1:$b > 10.0.1.5:8080 udp
wait 86500s
in   wan  198.51.100.9:4002 > 192.0.2.90:80 udp
out  pods 192.0.2.1:$c > 10.0.1.6:8080 udp
