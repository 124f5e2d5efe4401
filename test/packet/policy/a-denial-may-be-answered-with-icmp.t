# Administratively prohibited, for TCP as well.
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
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp S
answer pods 10.0.1.1 > 10.0.1.5 icmp 3/13
drop POLICY_EGRESS
in   pods [fd00:1::5]:4000 > [2001:db8:9::9]:443 tcp S
answer pods fd00:1::1 > fd00:1::5 icmp6 1/1
drop POLICY_EGRESS
