# Until payloads can be read and ends authenticated: what needs that is dropped, and says so. An allow
# without L7 rules for the same packets makes them moot.
use test/conf/egress.conf

objects +
| apiVersion: cilium.io/v2
| kind: CiliumNetworkPolicy
| metadata:
|   name: careful
|   namespace: shop
| spec:
|   endpointSelector:
|     matchLabels:
|       app: web
|   egress:
|   - toEntities: [world]
|     toPorts:
|     - ports:
|       - port: "80"
|         protocol: TCP
|       rules:
|         http:
|         - method: GET
|   - toEntities: [world]
|     authentication:
|       mode: required
|     toPorts:
|     - ports:
|       - port: "443"
|         protocol: TCP
|   - toEntities: [world]
|     toPorts:
|     - ports:
|       - port: "8080"
|         protocol: TCP
|       rules:
|         http:
|         - method: GET
|   - toEntities: [world]
|     toPorts:
|     - ports:
|       - port: "8080"
|         protocol: TCP
in   pods 10.0.1.5:4000 > 198.51.100.9:80 tcp S
drop L7_NOT_READY
event drop L7_NOT_READY by shop/careful
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp S
drop AUTH_REQUIRED
event drop AUTH_REQUIRED by shop/careful
in   pods 10.0.1.5:4000 > 198.51.100.9:8080 tcp S
out  wan  192.0.2.101:$a > 198.51.100.9:8080 tcp S
event flow-open egress shop/careful
in   pods 10.0.1.5:4000 > 198.51.100.9:81 tcp S
drop POLICY_EGRESS
known 1
