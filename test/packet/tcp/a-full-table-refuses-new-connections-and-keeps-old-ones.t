# Live state is never evicted to make room.
use test/conf/egress.conf flows=1024 half_open=64
workers 1

flows 1024 from 5000 in pods 10.0.1.9:* > 198.51.100.9:53 udp
each out wan 10.0.1.9:* > 198.51.100.9:53 udp
flows 20 from 20000 in pods 10.0.1.9:* > 198.51.100.9:53 udp
each drop FLOW_TABLE_FULL
in   wan  198.51.100.9:53 > 10.0.1.9:5000 udp
out  pods 198.51.100.9:53 > 10.0.1.9:5000 udp
in   wan  198.51.100.9:53 > 10.0.1.9:6023 udp
out  pods 198.51.100.9:53 > 10.0.1.9:6023 udp
wait 12s
known 0
in   pods 10.0.1.9:20000 > 198.51.100.9:53 udp
out  wan  10.0.1.9:20000 > 198.51.100.9:53 udp
