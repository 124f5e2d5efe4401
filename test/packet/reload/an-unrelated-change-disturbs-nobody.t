# Connections are judged again and stay.
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
|   name: other
|   namespace: shop
| spec:
|   podSelector:
|     matchLabels:
|       app: plain
|   policyTypes:
|   - Egress
in   wan  198.51.100.9:443 > 192.0.2.101:$a tcp PA len 10
out  pods 198.51.100.9:443 > 10.0.1.5:4000 tcp PA
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp A ack 5011
out  wan  192.0.2.101:$a > 198.51.100.9:443 tcp A
known ESTABLISHED 1
in   pods 10.0.1.9:4000 > 198.51.100.9:443 tcp S
drop POLICY_EGRESS
