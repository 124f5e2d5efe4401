# A number that no object names is nobody: not the world, which may be allowed more. The
# hosts of other nodes are remote nodes here.
use test/conf/tunnel.conf

in   nodes 172.16.0.2:51000 > 172.16.0.1:8472 udp nosum vxlan 5999 { 10.2.0.5:4000 > 10.0.1.5:80 tcp S }
drop TUNNEL_IDENTITY

objects +
| apiVersion: cilium.io/v2
| kind: CiliumNetworkPolicy
| metadata: {name: nodes, namespace: shop}
| spec: {endpointSelector: {matchLabels: {app: db}}, ingress: [{fromEntities: [remote-node]}]}
| ---
| apiVersion: cilium.io/v2
| kind: CiliumNetworkPolicy
| metadata: {name: world, namespace: shop}
| spec: {endpointSelector: {matchLabels: {app: db}}, ingress: [{fromCIDR: [198.51.100.0/24]}]}
in   nodes 172.16.0.2:51000 > 172.16.0.1:8472 udp nosum vxlan 1 { 10.2.0.1:4000 > 10.0.1.5:80 tcp S }
out  pods  10.2.0.1:4000 > 10.0.1.5:80 tcp S
event flow-open ingress shop/nodes
in   nodes 172.16.0.2:51000 > 172.16.0.1:8472 udp nosum vxlan 6 { 10.2.0.1:4001 > 10.0.1.5:80 tcp S }
out  pods  10.2.0.1:4001 > 10.0.1.5:80 tcp S
event flow-open ingress shop/nodes
