# endPort is included, its neighbours are not.
use test/conf/egress.conf

objects +
| apiVersion: networking.k8s.io/v1
| kind: NetworkPolicy
| metadata:
|   name: range
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
|         except:
|         - 198.51.100.128/25
|     ports:
|     - protocol: UDP
|       port: 8000
|       endPort: 8010
in   pods 10.0.1.5:4000 > 198.51.100.9:8000 udp
out  wan  192.0.2.101:$a > 198.51.100.9:8000 udp
in   pods 10.0.1.5:4000 > 198.51.100.9:8010 udp
out  wan  192.0.2.101:$b > 198.51.100.9:8010 udp
in   pods 10.0.1.5:4000 > 198.51.100.9:7999 udp
drop POLICY_EGRESS
in   pods 10.0.1.5:4000 > 198.51.100.9:8011 udp
drop POLICY_EGRESS
in   pods 10.0.1.5:4000 > 198.51.100.128:8000 udp
drop POLICY_EGRESS
in   pods 10.0.1.5:4000 > 198.51.100.127:8000 udp
out  wan  192.0.2.101:$c > 198.51.100.127:8000 udp
