# A mapping is remembered without a remote. An error that quotes a packet to the unspecified address is not about it.
use test/conf/egress.conf udp_mapping="endpoint_independent"
workers 1

in   pods [fd00:1::5]:4000 > [2001:db8:9::9]:5060 udp
out  wan  [2001:db8:2::101]:$a > [2001:db8:9::9]:5060 udp
wait 32s
known MAPPING 1
wait 100s
in   wan  2001:db8:9::1 > 2001:db8:2::101 icmp6 1/4 quote { [2001:db8:2::101]:$a > [::]:0 udp }
drop ICMP_NO_FLOW
wait 90s
known MAPPING 0
