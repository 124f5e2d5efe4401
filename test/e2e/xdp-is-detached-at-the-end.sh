#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# After a stop no XDP program is left on any port; neither after kill -9 of both processes, a new
# start and a stop.
. "$(dirname "$0")/lib.sh"

attached() {
	local port
	for port in pod-a pod-b wan; do
		inside gw ip -j link show dev $port | jq -r '.[0] | select(.xdp) | .ifname'
	done | xargs
}
# A kernel thread may have the last word on a detachment.
none_attached() { [ -z "$(attached)" ]; }

lab_start
gateway_start
same "ports with XDP" "pod-a pod-b wan" "$(attached)"
gateway_stop
wait_for 2 none_attached || fail "still attached after a stop: $(attached)"

gateway_start
fastpath=$(fastpath_pid)
kill -9 "$SLUICED" "$fastpath"
wait_for 5 gone "$SLUICED"
wait_for 5 gone "$fastpath"
gateway_start
echoes partner 7
must inside front "$PEER" udp $PARTNER4 7 >/dev/null
gateway_stop
wait_for 2 none_attached || fail "still attached after kill -9, start and stop: $(attached)"
