# ICMP has types where others have ports: who was let through with one is not let through with another, and who
# is asked may answer, not ask back.
use test/conf/egress.conf
workers 1

in   pods 10.0.1.9 > 198.51.100.9 icmp echo 0 1
out  wan  10.0.1.9 > 198.51.100.9 icmp echo 0 1
in   wan  198.51.100.9 > 10.0.1.9 icmp reply 0 1
out  pods 198.51.100.9 > 10.0.1.9 icmp reply 0 1
in   wan  198.51.100.9 > 10.0.1.9 icmp echo 0 2
drop NO_FLOW
in   pods 10.0.1.9 > 198.51.100.9 icmp 13/0 len 12
drop NO_FLOW
in   pods 10.0.1.9 > 198.51.100.10 icmp 13/0 len 12
out  wan  10.0.1.9 > 198.51.100.10 icmp 13/0
in   wan  198.51.100.10 > 10.0.1.9 icmp 13/0 len 12
drop NO_FLOW
in   wan  198.51.100.10 > 10.0.1.9 icmp 14/0 len 12
out  pods 198.51.100.10 > 10.0.1.9 icmp 14/0
in   pods fd00:1::9 > 2001:db8:9::9 icmp6 echo 7 1
out  wan  fd00:1::9 > 2001:db8:9::9 icmp6 echo 7 1
in   wan  2001:db8:9::9 > fd00:1::9 icmp6 echo 7 1
drop NO_FLOW
in   wan  2001:db8:9::9 > fd00:1::9 icmp6 reply 7 1
out  pods 2001:db8:9::9 > fd00:1::9 icmp6 reply 7 1
