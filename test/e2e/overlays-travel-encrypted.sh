#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# VXLAN inside of WireGuard, as Cilium's nodes have it: the kernel's vxlan device and wireguard-go at the
# node, whose CiliumNode says its key. Pods reach each other and the world; on the wire there is not one
# packet of VXLAN, not before the handshake either. A node that says no key is not reached in clear,
# and what it sends in clear is not believed.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/tunnel-lab"
. "$(dirname "$0")/wireguard-lab"

# In and out of the wan, as the bridge sees it.
clear_watch() {
	spawn bridge tcpdump --immediate-mode -Uni br0 -w "$DIR/clear.pcap" 'udp port 8472' 2>"$DIR/clear.err"
	CLEAR=$SPAWNED
	wait_for 5 grep -q listening "$DIR/clear.err" || fail "tcpdump does not start"
}

clear_seen() { tcpdump -nr "$DIR/clear.pcap" "${1:-}" 2>/dev/null | wc -l; }

(umask 077 && wg genkey >"$DIR/key")
lab_start
tunnel_objects
sed -i "s|metadata: {name: node-2}|metadata: {name: node-2, annotations: {network.cilium.io/wg-pub-key: $(wg pubkey <"$DIR/key")}}|" \
	"$DIR/objects/cluster.yaml"
untranslated_allowed
node_start $GW4 02:53:4c:00:02:0a 1370
gateway_start "tunnel : { protocol = \"vxlan\"; };
	wireguard : { enabled = true; name = \"$DEV\"; socket_directory = \"\"; node_port = 51820; strict = [ \"10.0.0.0/8\", \"fd00::/8\" ]; };"
web front 80
web stranger 80
clear_watch

# Nobody at the other end yet: nothing leaves.
refused inside front ping -c 2 -i 0.3 -W 1 10.2.0.5

inside partner wireguard-go "$DEV" >/dev/null 2>&1 || skip "wireguard-go does not start here"
PIDS+=("$(wireguard_go_pid)")
must theirs set "$DEV" listen-port 51820 private-key "$DIR/key" peer "$(our_key)" \
	allowed-ips $GW4/32,10.0.0.0/8,fd00::/8 endpoint $GW4:51871
inside partner ip link set "$DEV" mtu 1420 up
inside partner ip route add default dev "$DEV" src $NODE4 table 99
inside partner ip rule add to $GW4 ipproto udp dport 8472 table 99
wait_for 20 inside front ping -c 1 -W 1 10.2.0.5 || fail "front does not reach web"
pods_call
inside front ping -M do -c 1 -s 1400 -W 2 10.2.0.5 >"$DIR/ping" 2>&1
grep -q 'mtu = 1370' "$DIR/ping" || fail "front is not told what fits: $(cat "$DIR/ping")"
spawn front iperf3 -s >/dev/null
wait_for 5 inside front sh -c "ss -Hltn | grep -q :5201"
note "iperf3 through VXLAN through wireguard-go: $(speed 10.2.0.5 "") Mbit/s to the pod, $(speed 10.2.0.5 -R) Mbit/s from it"
same "packets of VXLAN in clear" 0 "$(clear_seen)"

# The node forgets that it encrypts: it is not believed.
inside partner ip rule del to $GW4 ipproto udp dport 8472 table 99
before=$(drops_of INVALID_SOURCE)
refused inside partner ping -c 2 -i 0.3 -W 1 -I 10.2.0.5 10.0.1.10
[ "$(drops_of INVALID_SOURCE)" -gt "$before" ] || fail "what came in clear was believed"
same "packets of VXLAN from us in clear" 0 "$(clear_seen "src $GW4")"

# It says no key any more: it is not sent to, rather than in clear.
sed -i 's|, annotations: {network[^}]*}||' "$DIR/objects/cluster.yaml"
reload
before=$(drops_of ROUTE_PROHIBIT)
refused inside front ping -c 2 -i 0.3 -W 1 10.2.0.5
[ "$(drops_of ROUTE_PROHIBIT)" -gt "$before" ] || fail "a node without a key is not refused by name"
before=$(drops_of TUNNEL_PEER)
refused inside partner ping -c 2 -i 0.3 -W 1 -I 10.2.0.5 10.0.1.10
[ "$(drops_of TUNNEL_PEER)" -gt "$before" ] || fail "a node without a key is believed in clear"
same "packets of VXLAN from us in clear" 0 "$(clear_seen "src $GW4")"
kill "$CLEAR"
