# Only the first one: nobody is told of later fragments (RFC 1122).
use test/conf/egress.conf deny_answer="icmp"

objects +
| apiVersion: networking.k8s.io/v1
| kind: NetworkPolicy
| metadata:
|   name: deny
|   namespace: shop
| spec:
|   podSelector:
|     matchLabels:
|       app: web
|   policyTypes:
|   - Egress
in   pods 10.0.1.5:4000 > 198.51.100.9:5060 udp len 1400 frag 7 800-
nothing
in   pods 10.0.1.5:4000 > 198.51.100.9:5060 udp len 1400 frag 7 0-800
answer pods 10.0.1.1 > 10.0.1.5 icmp 3/13 upto 548
drop POLICY_EGRESS 2
