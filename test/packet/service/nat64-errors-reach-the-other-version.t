# ICMP errors about either side of a connection that crosses IP versions reach the other side, and
# speak of the packet that its end has sent.
use test/conf/services.conf
objects + families.yaml

in   wan   [2001:db8:2::20]:4001 > [2001:db8:2::64]:53  udp len 40
out  pods  192.0.2.1:$b > 10.0.1.5:5353                 udp

# The backend has nothing on the port.
in   pods  10.0.1.5 > 192.0.2.1  icmp 3/3 quote { 192.0.2.1:$b > 10.0.1.5:5353 udp len 40 ttl 63 id 1 } upto 28
out  wan   2001:db8:2::64 > 2001:db8:2::20  icmp6 1/4 quote { [2001:db8:2::20]:4001 > [2001:db8:2::64]:53 udp len 40 ttl 63 } upto 48
# A router on the way has less room: told in the client's bytes.
in   pods  10.0.1.9 > 192.0.2.1  icmp 3/4 mtu 1400 quote { 192.0.2.1:$b > 10.0.1.5:5353 udp len 1400 df } upto 68
out  wan   2001:db8:2::64 > 2001:db8:2::20  icmp6 2/0 mtu 1420 quote { [2001:db8:2::20]:4001 > [2001:db8:2::64]:53 udp len 1400 } upto 88
# Redirects and the like mean nothing over there.
in   pods  10.0.1.9 > 192.0.2.1  icmp 5/1 quote { 192.0.2.1:$b > 10.0.1.5:5353 udp len 40 }
drop NO_TRANSLATION

in   pods  10.0.1.5:5353 > 192.0.2.1:$b                 udp len 1300 df
out  wan   [2001:db8:2::64]:53 > [2001:db8:2::20]:4001  udp
# And about the answers.
in   wan   2001:db8:2::fe > 2001:db8:2::64  icmp6 3/0 quote { [2001:db8:2::64]:53 > [2001:db8:2::20]:4001 udp len 40 }
out  pods  192.0.2.1 > 10.0.1.5  icmp 11/0 quote { 10.0.1.5:5353 > 192.0.2.1:$b udp len 40 }
in   wan   2001:db8:2::fe > 2001:db8:2::64  icmp6 2/0 mtu 1280 quote { [2001:db8:2::64]:53 > [2001:db8:2::20]:4001 udp len 1300 }
out  pods  192.0.2.1 > 10.0.1.5  icmp 3/4 mtu 1260 quote { 10.0.1.5:5353 > 192.0.2.1:$b udp len 1300 df } upto 1212
