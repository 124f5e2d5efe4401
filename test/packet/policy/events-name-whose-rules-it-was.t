# A drop names the object that denied, an open those that let it pass at either end.
use test/conf/egress.conf

objects +
| apiVersion: networking.k8s.io/v1
| kind: NetworkPolicy
| metadata:
|   name: web-out
|   namespace: shop
| spec:
|   podSelector:
|     matchLabels:
|       app: web
|   policyTypes:
|   - Egress
|   egress:
|   - ports:
|     - protocol: TCP
|       port: 80
|     - protocol: TCP
|       port: 81
| ---
| apiVersion: networking.k8s.io/v1
| kind: NetworkPolicy
| metadata:
|   name: plain-in
|   namespace: shop
| spec:
|   podSelector:
|     matchLabels:
|       app: plain
|   policyTypes:
|   - Ingress
|   ingress:
|   - ports:
|     - protocol: TCP
|       port: 80
in   pods 10.0.1.5:4000 > 10.0.1.9:80 tcp S
out  pods 10.0.1.5:4000 > 10.0.1.9:80 tcp S
event flow-open egress shop/web-out ingress shop/plain-in
in   pods 10.0.1.5:4000 > 198.51.100.9:80 tcp S
out  wan  192.0.2.101:$a > 198.51.100.9:80 tcp S
event flow-open egress shop/web-out ingress -
in   pods 10.0.1.8:4000 > 10.0.1.9:80 tcp S
out  pods 10.0.1.8:4000 > 10.0.1.9:80 tcp S
event flow-open egress - ingress shop/plain-in
in   pods 10.0.1.5:4000 > 10.0.1.9:82 tcp S
drop POLICY_EGRESS
event drop POLICY_EGRESS by shop/web-out
in   pods 10.0.1.5:4000 > 10.0.1.9:81 tcp S
drop POLICY_INGRESS
event drop POLICY_INGRESS by shop/plain-in
set audit=true
in   pods 10.0.1.5:4001 > 10.0.1.9:81 tcp S
out  pods 10.0.1.5:4001 > 10.0.1.9:81 tcp S
event flow-open egress shop/web-out ingress shop/plain-in
event audit by shop/plain-in egress shop/web-out
