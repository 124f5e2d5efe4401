# Policy knows the backend, not the service: its labels, and its port.
use test/conf/services.conf
objects services.d/cluster.yaml services.d/services.yaml
| apiVersion: networking.k8s.io/v1
| kind: NetworkPolicy
| metadata: {name: web, namespace: shop}
| spec:
|   podSelector: {matchLabels: {app: web}}
|   policyTypes: [Ingress]
|   ingress:
|   - from:
|     - ipBlock: {cidr: 198.51.100.0/24}
|     ports:
|     - {protocol: UDP, port: 7777}
in   wan  198.51.100.9:40000 > 192.0.2.81:7777 udp
out  pods 192.0.2.1:$a > 10.0.1.5:7777         udp
in   pods 10.0.1.5:7777 > 192.0.2.1:$a         udp
out  wan  192.0.2.81:7777 > 198.51.100.9:40000 udp
in   wan  203.0.113.9:40000 > 192.0.2.81:7777  udp
drop POLICY_INGRESS
in   wan  198.51.100.9:40000 > 192.0.2.81:7777 tcp S
drop POLICY_INGRESS
# Revoked, it ends established ones.
objects services.d/cluster.yaml services.d/services.yaml
| apiVersion: networking.k8s.io/v1
| kind: NetworkPolicy
| metadata: {name: web, namespace: shop}
| spec:
|   podSelector: {matchLabels: {app: web}}
|   policyTypes: [Ingress]
in   wan  198.51.100.9:40000 > 192.0.2.81:7777 udp
drop POLICY_INGRESS
known 0
