# An answer after the tables have changed: who began the connection is remembered, as its address says
# nothing. When the one with that number may not call any more, the connection ends.
use test/conf/tunnel.conf

in   nodes 172.16.0.2:51000 > 172.16.0.1:8472 udp nosum vxlan 5001 { 10.2.0.9:4000 > 10.0.1.5:80 udp len 8 }
out  pods  10.2.0.9:4000 > 10.0.1.5:80 udp len 8
objects +
| apiVersion: cilium.io/v2
| kind: CiliumNetworkPolicy
| metadata: {name: more, namespace: shop}
| spec: {endpointSelector: {matchLabels: {app: db}}, ingress: [{fromCIDR: [203.0.113.0/24]}]}
in   pods  10.0.1.5:80 > 10.2.0.9:4000 udp len 8
out  nodes 172.16.0.1:$a > 172.16.0.2:8472 udp nosum ttl 64 vxlan 5003 { 10.0.1.5:80 > 10.2.0.9:4000 udp len 8 ttl 63 }
restart
objects +
| apiVersion: cilium.io/v2
| kind: CiliumNetworkPolicy
| metadata: {name: less, namespace: shop}
| spec: {endpointSelector: {matchLabels: {app: db}}, ingressDeny: [{fromEndpoints: [{matchLabels: {app: web}}]}]}
in   pods  10.0.1.5:80 > 10.2.0.9:4000 udp len 8
drop POLICY_INGRESS
