# The next packet is judged under the new rules, the connection ends; when the rule comes back, a new one may
# begin.
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
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp PA len 10
drop POLICY_EGRESS
event flow-close policy
known 0
in   wan  198.51.100.9:443 > 192.0.2.101:$a tcp A
drop TCP_NOT_SYN
objects egress.d/cluster.yaml egress.d/egress.yaml
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp S
out  wan  192.0.2.101:$b > 198.51.100.9:443 tcp S
