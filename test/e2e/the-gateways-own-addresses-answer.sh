#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What is for the gateway itself reaches its kernel: its own address past XDP, an egress address that
# is shared with translated connections through the punt interface.
. "$(dirname "$0")/lib.sh"

lab_start
gateway_start
spawn gw "$PEER" web 8080
wait_for 5 inside gw "$PEER" probe 8080 || fail "no web server in gw"
web partner
for family in $(families); do
	own=$([ "$family" = 4 ] && echo 192.0.2.1 || echo 2001:db8:2::1)
	for to in "$own" "$(address front-leaves "$family")"; do
		must inside partner ping -q -c 2 -i 0.1 -W 2 "$to" >"$DIR/ping"
		[ "$family" = 4 ] || to="[$to]"
		same "the client that the gateway's own server at $to sees" "$(address partner "$family")" \
			"$(inside partner curl -s -m 5 "http://$to:8080/" | cut -d' ' -f1)"
	done
	same "front at the partner, by the same address" "$(address front-leaves "$family")" \
		"$(seen_from front partner "$family")"
done
