# Calls that find a port, but no place in the table of flows, give it back.
use test/conf/services.conf port_last=1039 flows=1024
workers 1

flows 16 from 50000 in wan 203.0.113.7:* > 192.0.2.81:7777 udp
each out pods 192.0.2.1:* > 10.0.1.5:7777 udp
in   wan  203.0.113.7:51000 > 192.0.2.81:7777 udp
answer wan 192.0.2.1 > 203.0.113.7 icmp 3/13
drop NAT_PORTS_FULL
wait 32s
known 0
flows 1024 from 2000 in pods 10.0.1.20:* > 198.51.100.9:5060 udp
each out wan 10.0.1.20:* > 198.51.100.9:5060 udp
flows 20 from 52000 in wan 203.0.113.7:* > 192.0.2.81:7777 udp
each drop FLOW_TABLE_FULL
wait 32s
known 0
in   wan  203.0.113.7:50000 > 192.0.2.81:7777 udp
out  pods 192.0.2.1:$p > 10.0.1.5:7777 udp
