# From the port it serves at. Between two backends of direct services nobody could tell who called, so the one that calls gets
# a source of ours; from another port it is a client like all.
use test/conf/services.conf
objects + pools.yaml

in   pods 10.0.1.6:8080 > 192.0.2.90:80 udp
out  pods 192.0.2.1:$a > 10.0.1.5:8080 udp
in   pods 10.0.1.5:8080 > 192.0.2.1:$a udp
out  pods 192.0.2.90:80 > 10.0.1.6:8080 udp
in   pods 10.0.1.6:8081 > 192.0.2.90:80 udp
out  pods 10.0.1.6:8081 > 10.0.1.5:8080 udp
