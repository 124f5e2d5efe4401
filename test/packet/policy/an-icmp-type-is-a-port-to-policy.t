# A rule for all ports of a protocol is one for all types; echo requests alone cannot pass a rule about TCP.
use test/conf/egress.conf

objects +
| apiVersion: networking.k8s.io/v1
| kind: NetworkPolicy
| metadata:
|   name: out
|   namespace: shop
| spec:
|   podSelector:
|     matchLabels:
|       app: web
|   policyTypes:
|   - Egress
|   egress:
|   - to:
|     - ipBlock:
|         cidr: 198.51.100.0/24
in   pods 10.0.1.5 > 198.51.100.9 icmp echo 1 1
out  wan  192.0.2.101 > 198.51.100.9 icmp echo $a 1
in   pods 10.0.1.5 > 203.0.113.7 icmp echo 1 1
drop POLICY_EGRESS
