# Between pods and from outside: only app=web may call, on port 80.
use test/conf/egress.conf

objects +
| apiVersion: networking.k8s.io/v1
| kind: NetworkPolicy
| metadata:
|   name: from-web
|   namespace: shop
| spec:
|   podSelector:
|     matchLabels:
|       app: plain
|   policyTypes:
|   - Ingress
|   ingress:
|   - from:
|     - podSelector:
|         matchLabels:
|           app: web
|     ports:
|     - protocol: TCP
|       port: 80
in   pods 10.0.1.5:4000 > 10.0.1.9:80 tcp S
out  pods 10.0.1.5:4000 > 10.0.1.9:80 tcp S
in   pods 10.0.1.9:80 > 10.0.1.5:4000 tcp SA
out  pods 10.0.1.9:80 > 10.0.1.5:4000 tcp SA
in   pods 10.0.1.5:4000 > 10.0.1.9:81 tcp S
drop POLICY_INGRESS
in   pods 10.0.1.8:4000 > 10.0.1.9:80 tcp S
drop POLICY_INGRESS
in   wan  198.51.100.9:4000 > 10.0.1.9:80 tcp S
drop POLICY_INGRESS
in   wan  [2001:db8:9::9]:4000 > [fd00:1::9]:80 tcp S
drop POLICY_INGRESS
in   pods [fd00:1::5]:4000 > [fd00:1::9]:80 tcp S
out  pods [fd00:1::5]:4000 > [fd00:1::9]:80 tcp S
