#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The kernel's own vxlan device at the other end, as on a node of Cilium's: pods behind it call and are
# called, each as the identity that the network number says; one is let in, another is not, and a
# stranger who writes the same numbers on his datagrams is dropped by name. A pod of the other node
# leaves the cluster by this gateway, with its egress address, and finds out what fits.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/tunnel-lab"

# address, VNI: one TCP SYN from 10.2.0.5 to front in VXLAN, from a plain socket
forge() {
	inside stranger python3 - "$1" "$2" <<-'END'
		import socket, struct, sys
		def total(b):
		    s = sum(struct.unpack('!%dH' % (len(b) // 2), b)); s = (s & 0xffff) + (s >> 16); return ~(s + (s >> 16)) & 0xffff
		src, dst = socket.inet_aton('10.2.0.5'), socket.inet_aton('10.0.1.10')
		tcp = struct.pack('!HHIIBBHHH', 4000, 80, 1, 0, 0x50, 2, 65535, 0, 0)
		tcp = tcp[:16] + struct.pack('!H', total(src + dst + struct.pack('!HH', 6, 20) + tcp)) + tcp[18:]
		ip = struct.pack('!BBHHHBBH', 0x45, 0, 40, 0, 0, 64, 6, 0) + src + dst
		ip = ip[:10] + struct.pack('!H', total(ip)) + ip[12:]
		frame = bytes(12) + b'\x08\x00' + ip + tcp
		s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
		s.sendto(struct.pack('!II', 0x08000000, int(sys.argv[2]) << 8) + frame, (sys.argv[1], 8472))
	END
}

lab_start
tunnel_objects
untranslated_allowed
node_start $GW4 02:53:4c:00:02:0a
gateway_start 'tunnel : { protocol = "vxlan"; };'
web front 80
web stranger 80
pods_call
same "who was dropped by policy" true "$([ "$(drops_of POLICY_INGRESS)" -gt 0 ] && echo true)"

forge $GW4 5001
wait_for 3 test "$(drops_of TUNNEL_PEER)" = 1 || true
same "strangers in the tunnel" 1 "$(drops_of TUNNEL_PEER)"

# What is too large for the tunnel is told, and then goes in pieces or smaller.
must inside front ping -c 1 -s 1400 -W 2 10.2.0.5 >/dev/null
inside front ping -M do -c 1 -s 1450 -W 2 10.2.0.5 >"$DIR/ping" 2>&1
grep -q 'mtu = 1450' "$DIR/ping" || fail "front is not told what fits: $(cat "$DIR/ping")"
must inside front ping -M dont -c 1 -s 3000 -W 2 10.2.0.5 >/dev/null

spawn front iperf3 -s >/dev/null
wait_for 5 inside front sh -c "ss -Hltn | grep -q :5201"
up=$(speed 10.2.0.5 "") down=$(speed 10.2.0.5 -R)
note "iperf3 through VXLAN: $up Mbit/s to the pod, $down Mbit/s from it"
[ "$up" -gt 10 ] && [ "$down" -gt 10 ] || fail "TCP does not flow: $up and $down Mbit/s"

same "the tunnel among the ports" "overlay vxlan 1450" \
	"$(ctl_json status | jq -r '.ports[] | select(.name == "overlay") | "\(.name) \(.io) \(.mtu)"')"
ctl explain 10.2.0.5 10.0.1.10 tcp/80 >"$DIR/explain" || fail "explain fails"
grep -q 'in by overlay' "$DIR/explain" || fail "explain does not name the tunnel: $(cat "$DIR/explain")"
fastpath_kill
pods_call
gateway_stop
