# What crosses IP versions has a source of ours in direct mode too: whichever worker gave the port away has the answers, and
# not whom the backend's end says.
use test/conf/services.conf
objects services.d/cluster.yaml
| apiVersion: sluice.io/v1alpha1
| kind: BackendPool
| metadata: {name: p, namespace: shop}
| spec:
|   forwardingMode: direct
|   frontends: [{address: 192.0.2.90, port: 80, protocol: UDP}]
|   backends: [{name: a6, address: "fd00:1::5", port: 8080}]
in   wan   198.51.100.10:4000 > 192.0.2.90:80 udp
out  pods  [2001:db8:2::1]:$a > [fd00:1::5]:8080 udp
in   pods  [fd00:1::5]:8080 > [2001:db8:2::1]:$a udp
out  wan   192.0.2.90:80 > 198.51.100.10:4000 udp
in   wan   198.51.100.11:4000 > 192.0.2.90:80 udp
out  pods  [2001:db8:2::1]:$b > [fd00:1::5]:8080 udp
in   pods  [fd00:1::5]:8080 > [2001:db8:2::1]:$b udp
out  wan   192.0.2.90:80 > 198.51.100.11:4000 udp
in   wan   198.51.100.12:4000 > 192.0.2.90:80 udp
out  pods  [2001:db8:2::1]:$c > [fd00:1::5]:8080 udp
in   pods  [fd00:1::5]:8080 > [2001:db8:2::1]:$c udp
out  wan   192.0.2.90:80 > 198.51.100.12:4000 udp
in   wan   198.51.100.13:4000 > 192.0.2.90:80 udp
out  pods  [2001:db8:2::1]:$d > [fd00:1::5]:8080 udp
in   pods  [fd00:1::5]:8080 > [2001:db8:2::1]:$d udp
out  wan   192.0.2.90:80 > 198.51.100.13:4000 udp
in   wan   198.51.100.14:4000 > 192.0.2.90:80 udp
out  pods  [2001:db8:2::1]:$e > [fd00:1::5]:8080 udp
in   pods  [fd00:1::5]:8080 > [2001:db8:2::1]:$e udp
out  wan   192.0.2.90:80 > 198.51.100.14:4000 udp
in   wan   198.51.100.15:4000 > 192.0.2.90:80 udp
out  pods  [2001:db8:2::1]:$f > [fd00:1::5]:8080 udp
in   pods  [fd00:1::5]:8080 > [2001:db8:2::1]:$f udp
out  wan   192.0.2.90:80 > 198.51.100.15:4000 udp
in   wan   198.51.100.16:4000 > 192.0.2.90:80 udp
out  pods  [2001:db8:2::1]:$g > [fd00:1::5]:8080 udp
in   pods  [fd00:1::5]:8080 > [2001:db8:2::1]:$g udp
out  wan   192.0.2.90:80 > 198.51.100.16:4000 udp
in   wan   198.51.100.17:4000 > 192.0.2.90:80 udp
out  pods  [2001:db8:2::1]:$h > [fd00:1::5]:8080 udp
in   pods  [fd00:1::5]:8080 > [2001:db8:2::1]:$h udp
out  wan   192.0.2.90:80 > 198.51.100.17:4000 udp
