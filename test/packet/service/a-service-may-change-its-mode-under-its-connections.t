# They keep the way they were set up with, on the worker that has them.
use test/conf/services.conf
objects services.d/cluster.yaml
| apiVersion: sluice.io/v1alpha1
| kind: BackendPool
| metadata: {name: p, namespace: shop}
| spec:
|   frontends:
|   - {address: 192.0.2.90, port: 80}
|   - {address: 192.0.2.90, port: 80, protocol: UDP}
|   backends:
|   - {name: a, address: 10.0.1.5, port: 8080}
in   wan  198.51.100.9:40000 > 192.0.2.90:80 udp
out  pods 192.0.2.1:$a > 10.0.1.5:8080       udp
in   wan  198.51.100.8:40001 > 192.0.2.90:80 udp
out  pods 192.0.2.1:$b > 10.0.1.5:8080       udp
in   wan  198.51.100.7:40002 > 192.0.2.90:80 tcp S
out  pods 192.0.2.1:$c > 10.0.1.5:8080       tcp S
objects services.d/cluster.yaml
| apiVersion: sluice.io/v1alpha1
| kind: BackendPool
| metadata: {name: p, namespace: shop}
| spec:
|   forwardingMode: direct
|   frontends:
|   - {address: 192.0.2.90, port: 80}
|   - {address: 192.0.2.90, port: 80, protocol: UDP}
|   backends:
|   - {name: a, address: 10.0.1.5, port: 8080}
in   wan  198.51.100.9:40000 > 192.0.2.90:80 udp
out  pods 192.0.2.1:$a > 10.0.1.5:8080       udp
in   pods 10.0.1.5:8080 > 192.0.2.1:$a       udp
out  wan  192.0.2.90:80 > 198.51.100.9:40000 udp
in   wan  198.51.100.8:40001 > 192.0.2.90:80 udp
out  pods 192.0.2.1:$b > 10.0.1.5:8080       udp
in   pods 10.0.1.5:8080 > 192.0.2.1:$c       tcp SA
out  wan  192.0.2.90:80 > 198.51.100.7:40002 tcp SA
in   wan  198.51.100.7:40002 > 192.0.2.90:80 tcp A
out  pods 192.0.2.1:$c > 10.0.1.5:8080       tcp A
in   wan  198.51.100.6:40003 > 192.0.2.90:80 udp
out  pods 198.51.100.6:40003 > 10.0.1.5:8080 udp
in   wan  198.51.100.5:40003 > 192.0.2.90:80 udp
out  pods 198.51.100.5:40003 > 10.0.1.5:8080 udp
known 5
objects services.d/cluster.yaml
| apiVersion: sluice.io/v1alpha1
| kind: BackendPool
| metadata: {name: p, namespace: shop}
| spec:
|   frontends:
|   - {address: 192.0.2.90, port: 80}
|   - {address: 192.0.2.90, port: 80, protocol: UDP}
|   backends:
|   - {name: a, address: 10.0.1.5, port: 8080}
in   wan  198.51.100.6:40003 > 192.0.2.90:80 udp
out  pods 198.51.100.6:40003 > 10.0.1.5:8080 udp
in   pods 10.0.1.5:8080 > 198.51.100.6:40003 udp
out  wan  192.0.2.90:80 > 198.51.100.6:40003 udp
in   pods 10.0.1.5:8080 > 198.51.100.5:40003 udp
out  wan  192.0.2.90:80 > 198.51.100.5:40003 udp
in   wan  198.51.100.8:40001 > 192.0.2.90:80 udp
out  pods 192.0.2.1:$b > 10.0.1.5:8080       udp
known 5
