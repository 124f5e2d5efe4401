# The process ends while many flows are there. A client that calls before they are all counted holds its affinity once.
use test/conf/services.conf
objects services.d/cluster.yaml
| apiVersion: sluice.io/v1alpha1
| kind: BackendPool
| metadata: {name: p, namespace: shop}
| spec:
|   sessionAffinity: ClientIP
|   sessionAffinityConfig: {clientIP: {timeoutSeconds: 300}}
|   frontends:
|   - {address: 192.0.2.90, port: 80, protocol: UDP}
|   backends:
|   - {name: a, address: 10.0.1.5, port: 8080}
flows 3900 from 2000 in wan 198.51.100.9:* > 192.0.2.90:80 udp
each out pods 192.0.2.1:* > 10.0.1.5:8080 udp
known AFFINITY 1
restart
in   wan  198.51.100.9:40000 > 192.0.2.90:80 udp
out  pods 192.0.2.1:$a > 10.0.1.5:8080       udp
in   pods 10.0.1.5:8080 > 192.0.2.1:$a       udp
out  wan  192.0.2.90:80 > 198.51.100.9:40000 udp
known AFFINITY 1
wait 190s
known AFFINITY 1
wait 305s
known AFFINITY 0
