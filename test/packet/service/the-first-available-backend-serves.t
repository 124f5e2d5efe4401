# In the order of the pool; weights say nothing but that zero is none.
use test/conf/services.conf
objects services.d/cluster.yaml
| apiVersion: sluice.io/v1alpha1
| kind: BackendPool
| metadata: {name: p, namespace: shop}
| spec:
|   algorithm: first-available
|   frontends:
|   - {address: 192.0.2.90, port: 80, protocol: UDP}
|   backends:
|   - {name: a, address: 10.0.1.7, port: 8080, weight: 0}
|   - {name: b, address: 10.0.1.6, port: 8080, weight: 1}
|   - {name: c, address: 10.0.1.5, port: 8080, weight: 1000}
flows 20 from 40000 in wan 198.51.100.9:* > 192.0.2.90:80 udp
each out pods 192.0.2.1:* > 10.0.1.6:8080 udp
objects services.d/cluster.yaml
| apiVersion: sluice.io/v1alpha1
| kind: BackendPool
| metadata: {name: p, namespace: shop}
| spec:
|   algorithm: first-available
|   frontends:
|   - {address: 192.0.2.90, port: 80, protocol: UDP}
|   backends:
|   - {name: a, address: 10.0.1.7, port: 8080, weight: 0}
|   - {name: b, address: 10.0.1.6, port: 8080, weight: 1, drain: true}
|   - {name: c, address: 10.0.1.5, port: 8080, weight: 1000}
flows 20 from 41000 in wan 198.51.100.9:* > 192.0.2.90:80 udp
each out pods 192.0.2.1:* > 10.0.1.5:8080 udp
