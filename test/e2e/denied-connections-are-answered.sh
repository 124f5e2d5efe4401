#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# With deny_answer, a denied client is told at once: TCP by a reset, the rest by an ICMP error.
. "$(dirname "$0")/lib.sh"

quickly_refused() {
	local from
	from=$(now_ms)
	inside front curl -s --connect-timeout 3 "$(url stranger "$1")" >/dev/null
	same "curl's exit status over IPv$1" 7 $?
	[ $(($(now_ms) - from)) -lt 900 ] || fail "it took $(($(now_ms) - from)) ms to be refused"
}

lab_start
gateway_start 'policy : { deny_answer = "reset"; };'
web stranger
for family in $(families); do
	quickly_refused "$family"
	inside front ping -c 1 -W 1 "$(address stranger "$family")" >"$DIR/ping"
	grep -qiE 'filtered|prohibited' "$DIR/ping" || fail "ping is not answered: $(cat "$DIR/ping")"
done
gateway_stop
gateway_start 'policy : { deny_answer = "icmp"; };'
for family in $(families); do
	quickly_refused "$family"
	inside front curl -sv --connect-timeout 3 "$(url stranger "$family")" 2>&1 |
		grep -qiE 'no route|denied|unreachable|prohibited' ||
		fail "curl does not see an ICMP error over IPv$family"
done
