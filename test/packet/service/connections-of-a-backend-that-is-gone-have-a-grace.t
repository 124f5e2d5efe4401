# Then they end with a name, and with a reset for whoever speaks.
use test/conf/services.conf grace=20
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
in   wan  198.51.100.9:40000 > 192.0.2.90:80 tcp S
out  pods 192.0.2.1:$a > 10.0.1.5:8080       tcp S
in   pods 10.0.1.5:8080 > 192.0.2.1:$a       tcp SA
out  wan  192.0.2.90:80 > 198.51.100.9:40000 tcp SA
in   wan  198.51.100.9:40000 > 192.0.2.90:80 tcp A
out  pods 192.0.2.1:$a > 10.0.1.5:8080       tcp A
in   wan  198.51.100.9:40000 > 192.0.2.90:80 udp
out  pods 192.0.2.1:$u > 10.0.1.5:8080       udp
objects services.d/cluster.yaml
| apiVersion: sluice.io/v1alpha1
| kind: BackendPool
| metadata: {name: p, namespace: shop}
| spec:
|   frontends:
|   - {address: 192.0.2.90, port: 80}
|   - {address: 192.0.2.90, port: 80, protocol: UDP}
|   backends:
|   - {name: b, address: 10.0.1.6, port: 8080}
in   wan  198.51.100.9:40000 > 192.0.2.90:80 tcp PA len 10
out  pods 192.0.2.1:$a > 10.0.1.5:8080       tcp PA
# What has no connection has nothing to lose, and goes to a backend that is there.
in   pods 10.0.1.5:8080 > 192.0.2.1:$u       udp
out  wan  192.0.2.90:80 > 198.51.100.9:40000 udp
in   wan  198.51.100.9:40000 > 192.0.2.90:80 udp
out  pods 192.0.2.1:$v > 10.0.1.6:8080       udp
event flow-close replaced
wait 18s
in   pods 10.0.1.5:8080 > 192.0.2.1:$a       tcp A ack 1011
out  wan  192.0.2.90:80 > 198.51.100.9:40000 tcp A
wait 4s
in   wan  198.51.100.9:40000 > 192.0.2.90:80 tcp PA len 10 seq 1011
answer wan 192.0.2.90:80 > 198.51.100.9:40000 tcp R seq 5001
drop SERVICE_GONE
event flow-close policy
known ESTABLISHED 0
