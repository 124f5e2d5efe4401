# What a pod may ask may be answered, whatever its ingress policy; and an answer is not a permission to ask.
use test/conf/egress.conf

objects +
| apiVersion: networking.k8s.io/v1
| kind: NetworkPolicy
| metadata:
|   name: no-ingress
|   namespace: shop
| spec:
|   podSelector:
|     matchLabels:
|       app: plain
|   policyTypes:
|   - Ingress
in   pods 10.0.1.9:4000 > 198.51.100.9:443 udp
out  wan  10.0.1.9:4000 > 198.51.100.9:443 udp
in   wan  198.51.100.9:443 > 10.0.1.9:4000 udp
out  pods 198.51.100.9:443 > 10.0.1.9:4000 udp
in   wan  198.51.100.9:444 > 10.0.1.9:4000 udp
drop POLICY_INGRESS
