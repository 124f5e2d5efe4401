# A client that it selects leaves with its address, by a service too.
use test/conf/services.conf
objects + pools.yaml
| apiVersion: cilium.io/v2
| kind: CiliumEgressGatewayPolicy
| metadata: {name: client}
| spec:
|   selectors:
|   - podSelector: {matchLabels: {app: client}}
|   destinationCIDRs: [203.0.113.0/24]
|   egressGateway:
|     nodeSelector: {matchLabels: {kubernetes.io/hostname: gw-1}}
|     egressIP: 192.0.2.150
| ---
| apiVersion: sluice.io/v1alpha1
| kind: BackendPool
| metadata: {name: far, namespace: shop}
| spec:
|   frontends:
|   - {address: 192.0.2.99, port: 80, protocol: UDP}
|   backends:
|   - {name: a, address: 203.0.113.50, port: 8080}
in   pods 10.0.1.20:4000 > 192.0.2.99:80      udp
out  wan  192.0.2.150:$a > 203.0.113.50:8080  udp
in   wan  203.0.113.50:8080 > 192.0.2.150:$a  udp
out  pods 192.0.2.99:80 > 10.0.1.20:4000      udp
in   pods 10.0.1.5:4000 > 192.0.2.99:80       udp
out  wan  192.0.2.1:$b > 203.0.113.50:8080    udp
in   pods 10.0.1.20:4000 > 192.0.2.90:80      udp
out  pods 10.0.1.20:4000 > 10.0.1.5:8080      udp
