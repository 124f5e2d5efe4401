# Who forges addresses leaves nothing behind that lives longer than the packet's own flow.
use test/conf/services.conf

in   wan  198.51.100.9:40000 > 192.0.2.83:80 tcp S
out  pods 192.0.2.1:$a > 10.0.1.6:8080       tcp S
known AFFINITY 1
in   pods 10.0.1.6:8080 > 192.0.2.1:$a       tcp SA
out  wan  192.0.2.83:80 > 198.51.100.9:40000 tcp SA
in   wan  198.51.100.9:40000 > 192.0.2.83:80 tcp R seq 1001
out  pods 192.0.2.1:$a > 10.0.1.6:8080       tcp R
known CLOSED 1
wait 35s
known AFFINITY 0
