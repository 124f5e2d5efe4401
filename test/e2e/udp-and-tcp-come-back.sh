#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Datagrams and connections of both pods come back, and the other end sees the egress address.
. "$(dirname "$0")/lib.sh"

lab_start
# batch may only fetch from port 80, so its TCP goes there; front may do anything.
gateway_start
echoes partner 7
web partner 80
for family in $(families); do
	for size in 5 1200 1472; do
		answer=$(inside front "$PEER" udp "$(address partner "$family")" 7 "$size") ||
			fail "no answer to $size bytes over UDP and IPv$family"
		same "the source of a datagram" "$(address front-leaves "$family")" "${answer% *}"
	done
	for pod in front batch; do
		same "the source of $pod's connection" "$(address "$pod-leaves" "$family")" \
			"$(seen_from "$pod" partner "$family")"
	done
done
