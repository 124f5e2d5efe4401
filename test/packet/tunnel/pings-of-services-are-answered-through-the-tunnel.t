# A pod of another node that asks whether a service's address is there hears it through the tunnel.
use test/conf/tunnel.conf
objects +
| apiVersion: sluice.io/v1alpha1
| kind: BackendPool
| metadata: {name: mail, namespace: default}
| spec:
|   frontends: [{address: 198.51.100.77, port: 25, protocol: TCP}]
|   backends: [{address: 10.0.1.5}]

in   nodes 172.16.0.2:51000 > 172.16.0.1:8472 udp nosum vxlan 5001 { 10.2.0.5 > 198.51.100.77 icmp echo 7 1 }
out  nodes 172.16.0.1:$a > 172.16.0.2:8472 udp nosum ttl 64 vxlan 6 { 198.51.100.77 > 10.2.0.5 icmp reply 7 1 }
