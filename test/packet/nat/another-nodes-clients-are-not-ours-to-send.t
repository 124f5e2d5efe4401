# The policy names another node as the gateway; nothing leaves here.
use test/conf/egress.conf

objects +
| apiVersion: v1
| kind: Node
| metadata:
|   name: gw-2
|   labels:
|     kubernetes.io/hostname: gw-2
| ---
| apiVersion: cilium.io/v2
| kind: CiliumEgressGatewayPolicy
| metadata:
|   name: elsewhere
| spec:
|   selectors:
|   - podSelector:
|       matchLabels:
|         app: plain
|   destinationCIDRs:
|   - 0.0.0.0/0
|   egressGateway:
|     nodeSelector:
|       matchLabels:
|         kubernetes.io/hostname: gw-2
|     egressIP: 192.0.2.101
in   pods 10.0.1.9:4000 > 198.51.100.9:443 tcp S
answer pods 10.0.1.1 > 10.0.1.9 icmp 3/13
drop NO_EGRESS_GATEWAY
