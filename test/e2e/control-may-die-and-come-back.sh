#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Neither kill -9 nor SIGTERM of sluiced is noticed by traffic, and the next sluiced takes over the
# same fast path without touching its flows.
. "$(dirname "$0")/lib.sh"

lab_start
gateway_start
echoes partner 7
hold_open front $PARTNER4 7 100
fastpath=$(fastpath_pid)

# signal
survive() {
	local lost
	inside front "$PEER" beat $PARTNER6 7 4 2 >"$DIR/beat" &
	local beat=$!
	sleep 1
	kill "-$1" "$SLUICED"
	wait_for 5 gone "$SLUICED" || fail "sluiced does not end by SIG$1"
	hold_ask "check 5"
	same "connections without sluiced" "alive 100" "$ANSWER"
	sluiced_start
	wait_for 10 healthy || fail "sluiced is not healthy after SIG$1 and a new start"
	same "the fast path's process" "$fastpath" "$(fastpath_pid)"
	same "adopted" true "$(status .fastpath.adopted)"
	hold_ask "check 5"
	same "connections after the new start" "alive 100" "$ANSWER"
	wait $beat
	note "SIG$1: $(cat "$DIR/beat")"
	lost=$(sed 's/.*lost \([0-9]*\).*/\1/' "$DIR/beat")
	[ "$lost" -le 20 ] || fail "$lost datagrams were lost around SIG$1"
}

survive KILL
survive TERM
flows=$(ctl_json flows list --proto tcp --port 7 | jq length)
same "the flows" 100 "$flows"
# What is applied to the new sluiced is applied.
web stranger
refused inside front curl -s --connect-timeout 1 "$(url stranger 4)"
ctl apply -f - <<-EOF >/dev/null || fail "apply was refused"
	apiVersion: networking.k8s.io/v1
	kind: NetworkPolicy
	metadata: { name: front-to-stranger, namespace: shop }
	spec:
	  podSelector: { matchLabels: { app: front } }
	  policyTypes: [ Egress ]
	  egress: [ { to: [ { ipBlock: { cidr: $STRANGER4/32 } } ] } ]
EOF
same "front at the stranger" "$(address front-leaves 4)" "$(seen_from front stranger 4)"
hold_close
