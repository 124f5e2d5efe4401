# The address may be used by others; these connections are nobody's any more.
use test/conf/egress.conf drain=0

in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp S
out  wan  192.0.2.101:$a > 198.51.100.9:443 tcp S
in   wan  198.51.100.9:443 > 192.0.2.101:$a tcp SA
out  pods 198.51.100.9:443 > 10.0.1.5:4000 tcp SA
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp A
out  wan  192.0.2.101:$a > 198.51.100.9:443 tcp A
in   pods 10.0.1.6:4000 > 198.51.100.9:443 tcp S
out  wan  192.0.2.101:$b > 198.51.100.9:443 tcp S
objects egress.d/cluster.yaml
| apiVersion: cilium.io/v2
| kind: CiliumEgressGatewayPolicy
| metadata:
|   name: web-v4
| spec:
|   selectors:
|   - podSelector:
|       matchLabels:
|         pod: web-6
|   destinationCIDRs:
|   - 0.0.0.0/0
|   egressGateway:
|     nodeSelector:
|       matchLabels:
|         kubernetes.io/hostname: gw-1
|     egressIP: 192.0.2.101
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp PA len 10
answer pods 198.51.100.9:443 > 10.0.1.5:4000 tcp R
drop NAT_CHANGED
known 1
