#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# VXLAN and Geneve against Scapy, which builds and reads both by itself: frames and bare packets,
# options, both families inside, byte for byte.
. "$(dirname "$0")/lib.sh"

/usr/bin/python3 -c 'import scapy.contrib.geneve' 2>/dev/null || skip "Scapy is not installed"
for kind in vxlan geneve; do
	mkdir -p "$DIR/$kind/out"
	sed "s/io = \"mem\"/io = \"pcap\"/; s/protocol = \"vxlan\"/protocol = \"$kind\"/" test/conf/tunnel.conf >"$DIR/$kind/replay.conf"
	test/e2e/scapy-tunnels make $kind "$DIR/$kind" || fail "Scapy makes no captures of $kind"
	"$BIN/sluice-replay" -c "$DIR/$kind/replay.conf" --objects test/conf/tunnel.d --in nodes="$DIR/$kind/nodes.pcap" \
		--in pods="$DIR/$kind/pods.pcap" --out "$DIR/$kind/out" >"$DIR/$kind/drops" 2>"$DIR/$kind/summary" ||
		fail "sluice-replay: $(cat "$DIR/$kind/summary")"
	same "drops" "" "$(cat "$DIR/$kind/drops")"
	test/e2e/scapy-tunnels check $kind "$DIR/$kind" || fail "$kind is not what Scapy says"
done
