#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Direct server return with real servers: nginx and a UDP echo answer the client themselves, over a
# wire of their own. The option lies on the wire as Cilium writes it, on SYNs and datagrams alone;
# wrapped packets are unwrapped by the backend, which has the service's address. A client that sends
# too large datagrams is told what fits. Hybrid does so for TCP alone.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/service-lab"

DIRECT4=192.0.2.31 DIRECT6=2001:db8:2::31

# A second wire from the backend to where the clients are.
direct_wire() {
	ip link add name eth1 netns "$LAB-front" type veth peer name direct netns "$LAB-bridge"
	inside bridge ip link set direct up master br0
	inside front ip link set eth1 up
	inside front ethtool -K eth1 tx off tso off gso off gro off sg off >/dev/null 2>&1
	inside bridge ethtool -K direct tx off tso off gso off gro off sg off >/dev/null 2>&1
	inside front ip address add $DIRECT4/24 dev eth1
	inside front ip address add $DIRECT6/64 dev eth1 nodad
	inside front sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0
}

# Answers leave as the service's, as the node of a Cilium backend makes them: address, and the ports
# that these lines name (from, to).
answers_from_service() {
	inside front nft flush ruleset
	inside front nft -f - <<-END
		table inet answers {
			chain leaving {
				type filter hook postrouting priority 0;
				oifname "eth1" udp sport 7000 ip version 4 ip saddr set $VIP4 udp sport set 7$1
				oifname "eth1" udp sport 7000 ip6 version 6 ip6 saddr set $VIP6 udp sport set 7$1
				$2
			}
		}
	END
}

watch_wire() {
	rm -f "$DIR/wire.pcap" "$DIR/wire.err"
	spawn front tcpdump --immediate-mode -Uni eth0 -w "$DIR/wire.pcap" 2>"$DIR/wire.err"
	WIRE=$SPAWNED
	wait_for 5 grep -q listening "$DIR/wire.err" || fail "tcpdump does not start"
}

watch_end() {
	sleep 0.2
	kill "$WIRE"
	wait "$WIRE" 2>/dev/null
}

# filter: packets on the backend's first wire
seen() { tcpdump -nr "$DIR/wire.pcap" "$1" 2>/dev/null | wc -l; }

some() { [ "$(seen "$2")" -gt 0 ] || fail "$1: none was seen"; }
none() { same "$1: how many were seen" 0 "$(seen "$2")"; }

route_mtu() { inside stranger ip route get "$1" | sed -n 's/.* mtu \([0-9]*\).*/\1/p'; }

# family, TCP port, the MTU that is to be told
clients_call() {
	local family=$1 vip=VIP$1 client answer
	client=$(address stranger "$family")
	same "what nginx answers over IPv$family" "front $client" "$(answers stranger "$(service_url VIP "$family" "$2")" 5)"
	inside stranger curl -sS -m 60 "$(service_url VIP "$family" "$2")large" | cmp - "$DIR/large" ||
		fail "what is large did not arrive whole over IPv$family"
	answer=$(inside stranger "$PEER" udp "${!vip}" 7"$3" 100) || fail "no answer over UDP and IPv$family"
	same "the source of a datagram" "$client" "${answer% *}"
	# The first one is too large, the ICMP error says by how much, and then it goes in pieces.
	inside stranger "$PEER" udp "${!vip}" 7"$3" "$((family == 4 ? 1472 : 1452))" >"$DIR/udp" 2>&1
	wait_for 3 test "$(route_mtu "${!vip}")" = "$4" ||
		fail "the client thinks that $(route_mtu "${!vip}") bytes fit over IPv$family, not $4"
	must inside stranger "$PEER" udp "${!vip}" 7"$3" 1400 >/dev/null
}

service_lab_start
direct_wire
{
	balancer web "ports: [{name: http, port: 80}]"
	slices web http 8080 10.0.1.10 fd00:1::10
	balancer same "ports: [{name: http, port: 8080}]"
	slices same http 8080 10.0.1.10 fd00:1::10
	balancer echo "ports: [{name: echo, port: 7, protocol: UDP}]"
	SLICE_PROTO=UDP slices echo echo 7000 10.0.1.10 fd00:1::10
	balancer echoes "ports: [{name: echo, port: 7000, protocol: UDP}]"
	SLICE_PROTO=UDP slices echoes echo 7000 10.0.1.10 fd00:1::10
} >"$DIR/objects/services.yaml"
nginx_start front
echoes front 7000

answers_from_service "" "oifname eth1 tcp sport 8080 ip version 4 ip saddr set $VIP4 tcp sport set 80
	oifname eth1 tcp sport 8080 ip6 version 6 ip6 saddr set $VIP6 tcp sport set 80"
gateway_start 'services : { mode = "dsr"; };'
watch_wire
clients_call 4 80 "" 1492
clients_call 6 80 "" 1476
watch_end
some "SYNs with Cilium's option" 'tcp dst port 8080 and ip[20:4] = 0x9a085000 and ip[24:4] = 0x010012c6'
none "segments other than SYNs with an option" 'ip and tcp and tcp[tcpflags] & tcp-syn = 0 and ip[0] & 15 > 5'
none "SYNs without one" 'ip and tcp and dst port 8080 and tcp[tcpflags] & tcp-syn != 0 and ip[0] & 15 = 5'
some "datagrams with it" 'udp and ip[20:4] = 0x9a080700 and ip[24:4] = 0x010012c6'
none "datagrams without it" 'ip and udp and dst port 7000 and ip[0] & 15 = 5'
some "IPv6 SYNs with it" 'ip6[6] = 60 and ip6[40:4] = 0x06021b14 and ip6[44:4] = 0x20010db8 and ip6[60:2] = 80'
some "IPv6 datagrams with it" 'ip6[6] = 60 and ip6[40:4] = 0x11021b14 and ip6[60:2] = 7'
none "answers by way of the gateway" "src host 10.0.1.10 and dst host $STRANGER4 or src host $VIP4 or src host $VIP6"
gateway_stop

# Hybrid: the same for TCP, while datagrams come from the gateway and are answered to it.
inside front ip route add $NODE4 via 10.0.1.1
inside front ip route add $NODE6 via fd00:1::1
gateway_start "services : { mode = \"hybrid\"; snat_addresses = [ \"$NODE4\", \"$NODE6\" ]; };"
watch_wire
for family in $(families); do
	vip=VIP$family node=NODE$family
	same "what nginx answers over IPv$family, hybrid" "front $(address stranger "$family")" \
		"$(answers stranger "$(service_url VIP "$family" 80)" 5)"
	answer=$(inside stranger "$PEER" udp "${!vip}" 7 1400) || fail "no answer over UDP and IPv$family, hybrid"
	same "the source of a datagram, hybrid" "${!node}" "${answer% *}"
done
watch_end
some "SYNs with the option, hybrid" 'tcp dst port 8080 and ip[20:4] = 0x9a085000'
none "datagrams with it, hybrid" 'udp and ip[0] & 15 > 5'
none "TCP answers by way of the gateway, hybrid" "tcp and src host 10.0.1.10"
gateway_stop

inside stranger ip route flush cache
inside stranger ip -6 route flush cache
inside front ip address add $VIP4/32 dev lo
inside front ip address add $VIP6/128 dev lo nodad
spawn front test/e2e/unwrap inside
wait_for 5 inside front ip link show inside up || fail "no device for what is unwrapped"
inside front sysctl -qw net.ipv4.conf.inside.rp_filter=0
answers_from_service 000 ""
gateway_start 'services : { mode = "dsr"; dispatch = "ipip"; };'
watch_wire
clients_call 4 8080 000 1480
clients_call 6 8080 000 1460
watch_end
some "IPv4 in IPv4" 'ip proto 4 and src host 10.0.1.1 and dst host 10.0.1.10'
some "IPv6 in IPv6" 'ip6 proto 41 and src host fd00:1::1 and dst host fd00:1::10'
none "calls that are not wrapped" "dst host $VIP4 or dst host $VIP6"
none "answers by way of the gateway" "src host $VIP4 or src host $VIP6"
note "TCP and UDP over both families, both dispatches, and hybrid; answers go straight"
