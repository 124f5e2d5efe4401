# The first fragment decides for all.
use test/conf/egress.conf

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
drop POLICY_EGRESS 2
