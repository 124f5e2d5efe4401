# The conf says one thing for all, an annotation another for one policy.
use test/conf/egress.conf

objects +
| apiVersion: networking.k8s.io/v1
| kind: NetworkPolicy
| metadata:
|   name: reset
|   namespace: shop
|   annotations:
|     sluice.io/deny-answer: tcp-reset
| spec:
|   podSelector:
|     matchLabels:
|       pod: web-5
|   policyTypes:
|   - Egress
| ---
| apiVersion: networking.k8s.io/v1
| kind: NetworkPolicy
| metadata:
|   name: icmp
|   namespace: shop
|   annotations:
|     sluice.io/deny-answer: icmp
| spec:
|   podSelector:
|     matchLabels:
|       pod: web-6
|   policyTypes:
|   - Egress
| ---
| apiVersion: networking.k8s.io/v1
| kind: NetworkPolicy
| metadata:
|   name: silence
|   namespace: shop
| spec:
|   podSelector:
|     matchLabels:
|       pod: web-7
|   policyTypes:
|   - Egress
| ---
| apiVersion: networking.k8s.io/v1
| kind: NetworkPolicy
| metadata:
|   name: only-told
|   namespace: shop
|   annotations:
|     sluice.io/audit: "true"
| spec:
|   podSelector:
|     matchLabels:
|       pod: multi-8
|   policyTypes:
|   - Egress
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp S
answer pods 198.51.100.9:443 > 10.0.1.5:4000 tcp RA
drop POLICY_EGRESS
in   pods 10.0.1.6:4000 > 198.51.100.9:443 tcp S
answer pods 10.0.1.1 > 10.0.1.6 icmp 3/13
drop POLICY_EGRESS
in   pods 10.0.1.7:4000 > 198.51.100.9:443 tcp S
drop POLICY_EGRESS
in   pods 10.0.1.8:4000 > 10.0.1.9:443 tcp S
out  pods 10.0.1.8:4000 > 10.0.1.9:443 tcp S
event audit by shop/only-told
