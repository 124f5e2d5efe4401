# A pod that an egress policy selects may do what its rules say: this server, this port, this protocol.
use test/conf/egress.conf

objects +
| apiVersion: networking.k8s.io/v1
| kind: NetworkPolicy
| metadata:
|   name: only-443
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
|     ports:
|     - protocol: TCP
|       port: 443
in   pods 10.0.1.5:4000 > 198.51.100.9:443 tcp S
out  wan  192.0.2.101:$a > 198.51.100.9:443 tcp S
in   pods 10.0.1.5:4000 > 198.51.100.9:80 tcp S
drop POLICY_EGRESS
in   pods 10.0.1.5:4000 > 198.51.100.9:443 udp
drop POLICY_EGRESS
in   pods 10.0.1.5:4000 > 203.0.113.7:443 tcp S
drop POLICY_EGRESS
in   pods 10.0.1.5 > 198.51.100.9 icmp echo 1 1
drop POLICY_EGRESS
in   pods 10.0.1.5 > 198.51.100.9 proto 47
drop POLICY_EGRESS
in   pods [fd00:1::5]:4000 > [2001:db8:9::9]:443 tcp S
drop POLICY_EGRESS
# Who is not selected may do anything.
in   pods 10.0.1.9:4000 > 198.51.100.9:80 tcp S
out  wan  10.0.1.9:4000 > 198.51.100.9:80 tcp S
known 2
