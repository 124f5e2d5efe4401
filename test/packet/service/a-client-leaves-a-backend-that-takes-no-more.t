# Of its connections that are there, none moves.
use test/conf/services.conf
objects services.d/cluster.yaml
| apiVersion: sluice.io/v1alpha1
| kind: BackendPool
| metadata: {name: p, namespace: shop}
| spec:
|   sessionAffinity: ClientIP
|   frontends:
|   - {address: "2001:db8:2::90", port: 80}
|   backends:
|   - {name: a, address: "fd00:1::5", port: 8080}
in   wan  [2001:db8:9::9]:40000 > [2001:db8:2::90]:80 tcp S
out  pods [2001:db8:2::1]:$a > [fd00:1::5]:8080       tcp S
in   pods [fd00:1::5]:8080 > [2001:db8:2::1]:$a       tcp SA
out  wan  [2001:db8:2::90]:80 > [2001:db8:9::9]:40000 tcp SA
in   wan  [2001:db8:9::9]:40000 > [2001:db8:2::90]:80 tcp A
out  pods [2001:db8:2::1]:$a > [fd00:1::5]:8080       tcp A
objects services.d/cluster.yaml
| apiVersion: sluice.io/v1alpha1
| kind: BackendPool
| metadata: {name: p, namespace: shop}
| spec:
|   sessionAffinity: ClientIP
|   frontends:
|   - {address: "2001:db8:2::90", port: 80}
|   backends:
|   - {name: a, address: "fd00:1::5", port: 8080, drain: true}
|   - {name: b, address: "fd00:1::6", port: 8080}
in   wan  [2001:db8:9::9]:40001 > [2001:db8:2::90]:80 tcp S
out  pods [2001:db8:2::1]:$b > [fd00:1::6]:8080       tcp S
in   wan  [2001:db8:9::9]:40000 > [2001:db8:2::90]:80 tcp PA len 10
out  pods [2001:db8:2::1]:$a > [fd00:1::5]:8080       tcp PA
known AFFINITY 1
