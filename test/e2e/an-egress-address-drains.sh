#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# When a policy's egress address changes, old connections keep theirs and new ones get the new one;
# with nat.drain = 0 the old ones end.
. "$(dirname "$0")/lib.sh"

# from, to: the last digit of front's addresses
move() {
	sed -i "s/192\.0\.2\.10$1/192.0.2.10$2/; s/2001:db8:2::10$1/2001:db8:2::10$2/" \
		"$DIR/objects/egress.yaml"
	reload
}

lab_start
gateway_start
web partner
echoes partner 7
for family in $(families); do
	hold_open front "$(address partner "$family")" 7 10
	hold_ask sources
	same "the source" "$(address front-leaves "$family")" "$ANSWER"
	move 1 2
	hold_ask "check 3"
	same "old connections" "alive 10" "$ANSWER"
	same "a new connection" "$(address batch-leaves "$family")" "$(seen_from front partner "$family")"
	same "flows that keep the old address" 10 "$(ctl_json flows list --proto tcp --port 7 |
		jq --arg a "$(address front-leaves "$family")" '[.[] | select(.reply.dst == $a)] | length')"
	hold_close
	cp conf/demo/egress.yaml "$DIR/objects/"
	reload
done
gateway_stop
gateway_start 'nat : { drain = 0; };'
for family in $(families); do
	hold_open front "$(address partner "$family")" 7 10
	move 1 2
	hold_ask "check 2"
	same "old connections, without time to drain" "alive 0" "$ANSWER"
	[ "$(drops_of NAT_CHANGED)" -gt 0 ] || fail "their packets are not counted"
	same "a new connection" "$(address batch-leaves "$family")" "$(seen_from front partner "$family")"
	hold_close
	cp conf/demo/egress.yaml "$DIR/objects/"
	reload
done
