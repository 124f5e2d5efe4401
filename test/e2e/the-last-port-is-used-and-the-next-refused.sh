#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# With 64 ports to translate with, 64 connections to one remote are opened, the next is refused at
# once with a reset and counted by name, and can be opened as soon as one of the others has ended.
. "$(dirname "$0")/lib.sh"

lab_start
gateway_start 'nat : { port_first = 20000; port_last = 20063; }; timeouts : { tcp_closed = 1; };'
echoes partner 7
for family in $(families); do
	same "connections over IPv$family" "64 ConnectionRefusedError again" \
		"$(inside front "$PEER" fill "$(address partner "$family")" 7 100)"
	[ "$(drops_of NAT_PORTS_FULL)" -gt 0 ] || fail "the drop is not counted"
done
