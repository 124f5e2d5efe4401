# The first packet after the change may come from the other side.
use test/conf/egress.conf

in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp S
out  wan  192.0.2.101:$a > 198.51.100.9:443 tcp S
in   wan  198.51.100.9:443 > 192.0.2.101:$a tcp SA
out  pods 198.51.100.9:443 > 10.0.1.5:4000 tcp SA
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp A
out  wan  192.0.2.101:$a > 198.51.100.9:443 tcp A
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
in   wan  198.51.100.9:443 > 192.0.2.101:$a tcp PA len 10
drop POLICY_EGRESS
known 0
