# app=multi has IPv4 addresses only and its policy names IPv4 destinations only: IPv6 is not selected. A policy
# that selects and has no address lets nothing out.
use test/conf/egress.conf

objects +
| apiVersion: cilium.io/v2
| kind: CiliumEgressGatewayPolicy
| metadata:
|   name: only-six
| spec:
|   selectors:
|   - podSelector:
|       matchLabels:
|         app: plain
|   destinationCIDRs:
|   - 0.0.0.0/0
|   - "::/0"
|   egressGateway:
|     nodeSelector:
|       matchLabels:
|         kubernetes.io/hostname: gw-1
|     egressIP: 2001:db8:2::101
in   pods 10.0.1.9:4000 > 198.51.100.9:443 tcp S
answer pods 10.0.1.1 > 10.0.1.9 icmp 3/13
drop NO_EGRESS_ADDRESS
in   pods [fd00:1::9]:4000 > [2001:db8:9::9]:443 tcp S
out  wan  [2001:db8:2::101]:$a > [2001:db8:9::9]:443 tcp S
