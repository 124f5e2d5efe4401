# A pod is gone and another has its address: its packets are judged as its own, and so are answers
# to the pod before.
use test/conf/egress.conf

in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp S
out  wan  192.0.2.101:$a > 198.51.100.9:443 tcp S
in   wan  198.51.100.9:443 > 192.0.2.101:$a tcp SA
out  pods 198.51.100.9:443 > 10.0.1.5:4000 tcp SA
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp A
out  wan  192.0.2.101:$a > 198.51.100.9:443 tcp A
in   pods 10.0.1.5:5000 > 198.51.100.9:500 udp
out  wan  192.0.2.101:$b > 198.51.100.9:500 udp
in   pods 10.0.1.5:5000 > 10.0.1.6:500 udp
out  pods 10.0.1.5:5000 > 10.0.1.6:500 udp
in   pods 10.0.1.6:5001 > 10.0.1.5:500 udp
out  pods 10.0.1.6:5001 > 10.0.1.5:500 udp
objects egress.d/egress.yaml
| apiVersion: v1
| kind: Namespace
| metadata:
|   name: shop
| ---
| apiVersion: v1
| kind: Pod
| metadata:
|   name: locked
|   namespace: shop
|   labels:
|     app: locked
| status:
|   phase: Running
|   podIPs:
|   - ip: 10.0.1.5
| ---
| apiVersion: v1
| kind: Pod
| metadata:
|   name: web-6
|   namespace: shop
|   labels:
|     app: web
| status:
|   phase: Running
|   podIPs:
|   - ip: 10.0.1.6
| ---
| apiVersion: v1
| kind: Node
| metadata:
|   name: gw-1
|   labels:
|     kubernetes.io/hostname: gw-1
| status:
|   addresses:
|   - type: InternalIP
|     address: 192.0.2.1
| ---
| apiVersion: networking.k8s.io/v1
| kind: NetworkPolicy
| metadata:
|   name: nothing-goes
|   namespace: shop
| spec:
|   podSelector:
|     matchLabels:
|       app: locked
|   policyTypes:
|   - Egress
|   - Ingress
in   wan  198.51.100.9:443 > 192.0.2.101:$a tcp PA len 10
drop POLICY_EGRESS
event flow-close policy
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp A
drop TCP_NOT_SYN
in   pods 10.0.1.5:5000 > 198.51.100.9:500 udp
drop POLICY_EGRESS
event drop POLICY_EGRESS by shop/nothing-goes
in   wan  198.51.100.9:500 > 192.0.2.101:$b udp
drop NO_FLOW
in   pods 10.0.1.5:5000 > 10.0.1.6:500 udp
drop POLICY_EGRESS
in   pods 10.0.1.6:5001 > 10.0.1.5:500 udp
drop POLICY_INGRESS
known 0
