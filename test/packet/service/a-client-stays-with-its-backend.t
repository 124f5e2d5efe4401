# For three hundred seconds after the last packet of its last connection that was answered, whatever Maglev says by then;
# and with another one at once when its own takes no new connections.
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
in   wan  198.51.100.9:40000 > 192.0.2.90:80 udp
out  pods 192.0.2.1:$a > 10.0.1.5:8080       udp
in   pods 10.0.1.5:8080 > 192.0.2.1:$a       udp
out  wan  192.0.2.90:80 > 198.51.100.9:40000 udp
known AFFINITY 1
# Two come that Maglev prefers for nearly all; this client stays.
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
|   - {name: a, address: 10.0.1.5, port: 8080, weight: 1}
|   - {name: b, address: 10.0.1.6, port: 8080, weight: 1000}
in   wan  198.51.100.9:40001 > 192.0.2.90:80 udp
out  pods 192.0.2.1:$b > 10.0.1.5:8080       udp
in   wan  198.51.100.8:40001 > 192.0.2.90:80 udp
out  pods 192.0.2.1:$c > 10.0.1.6:8080       udp
restart
in   wan  198.51.100.9:40002 > 192.0.2.90:80 udp
out  pods 192.0.2.1:$d > 10.0.1.5:8080       udp
in   pods 10.0.1.5:8080 > 192.0.2.1:$d       udp
out  wan  192.0.2.90:80 > 198.51.100.9:40002 udp
# Its connections ended after 180 s.
wait 297s
in   wan  198.51.100.9:40003 > 192.0.2.90:80 udp
out  pods 192.0.2.1:$e > 10.0.1.5:8080       udp
in   pods 10.0.1.5:8080 > 192.0.2.1:$e       udp
out  wan  192.0.2.90:80 > 198.51.100.9:40003 udp
wait 303s
known AFFINITY 0
in   wan  198.51.100.9:40004 > 192.0.2.90:80 udp
out  pods 192.0.2.1:$f > 10.0.1.6:8080       udp
