#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# With deny_answer, a denied client is told at once: TCP by a reset, the rest by an ICMP error.
. "$(dirname "$0")/lib.sh"

# By curl's own clock: less than the second after which it would have asked again.
quickly_refused() {
	local took
	took=$(inside front curl -s --connect-timeout 3 -w '%{time_total}' "$(url stranger "$1")")
	same "curl's exit status over IPv$1" 7 $?
	awk -v took="$took" 'BEGIN { exit !(took < 0.9) }' || fail "it took $took s to be refused"
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
