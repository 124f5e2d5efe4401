# The pod that has the address now is selected by no egress policy: the translated connection of the
# pod before is not its own, and does not drain for it.
use test/conf/egress.conf

in   pods 10.0.1.5:5000 > 198.51.100.9:500 udp
out  wan  192.0.2.101:$a > 198.51.100.9:500 udp
in   pods 10.0.1.5:5001 > 198.51.100.9:500 udp
out  wan  192.0.2.101:$b > 198.51.100.9:500 udp
objects egress.d/egress.yaml
| apiVersion: v1
| kind: Namespace
| metadata:
|   name: shop
| ---
| apiVersion: v1
| kind: Pod
| metadata:
|   name: other
|   namespace: shop
|   labels:
|     app: other
| status:
|   phase: Running
|   podIPs:
|   - ip: 10.0.1.5
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
in   wan  198.51.100.9:500 > 192.0.2.101:$a udp
answer wan 192.0.2.1 > 198.51.100.9 icmp 3/13
drop NAT_CHANGED
event flow-close policy
in   pods 10.0.1.5:5000 > 198.51.100.9:500 udp
out  wan  10.0.1.5:5000 > 198.51.100.9:500 udp
in   pods 10.0.1.5:5001 > 198.51.100.9:500 udp
answer pods 10.0.1.1 > 10.0.1.5 icmp 3/13
drop NAT_CHANGED
in   pods 10.0.1.5:5001 > 198.51.100.9:500 udp
out  wan  10.0.1.5:5001 > 198.51.100.9:500 udp
