# As Cilium has it: with IP-in-IP the address is the service's whatever becomes of the port.
use test/conf/services.conf mode="dsr" dispatch="ipip" ipip_to="backend"

in   wan  198.51.100.9:40000 > 192.0.2.83:80 tcp S df
out  pods 10.0.1.1 > $b proto 4 ttl 64 quote { 198.51.100.9:40000 > 192.0.2.83:8080 tcp S df ttl 63 }
in   wan  198.51.100.9:40000 > 192.0.2.83:80 tcp A df
out  pods 10.0.1.1 > $b proto 4 ttl 64 quote { 198.51.100.9:40000 > 192.0.2.83:8080 tcp A df ttl 63 }
# An answer that comes this way has it translated back.
in   wan  198.51.100.9:40000 > 192.0.2.81:7777 udp
out  pods 10.0.1.1 > 10.0.1.5 proto 4 ttl 64 id $i quote { 198.51.100.9:40000 > 192.0.2.81:7777 udp ttl 63 }
in   pods 192.0.2.81:7777 > 198.51.100.9:40000 udp
out  wan  192.0.2.81:7777 > 198.51.100.9:40000 udp
