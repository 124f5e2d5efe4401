# Two gateways would talk for ever.
use test/conf/egress.conf deny_answer="reset" loose=true

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
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp R
drop TCP_NOT_SYN
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp RA
drop TCP_NOT_SYN
