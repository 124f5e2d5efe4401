#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# make demo: everything goes as it should, a second one is refused and disturbs nothing, and nothing
# is left behind.
. "$(dirname "$0")/lib.sh"

# shellcheck disable=SC2120
demo() { LAB=$LAB BIN=$BIN SECONDS_EACH=1 scripts/demo "$@"; }

left() {
	ip netns list | grep "^$LAB-"
	ls -d "/run/$LAB-demo"* "/dev/shm/"*"$LAB-demo" 2>/dev/null
}

demo >"$DIR/demo" 2>&1 &
first=$!
wait_for 10 test -e "/run/netns/$LAB-stranger" || fail "no namespaces"
refused demo
wait $first || fail "the demo failed: $(cat "$DIR/demo")"
same "who got through" 6 "$(grep -c ' yes ' "$DIR/demo")"
same "who did not" 8 "$(grep -c ' no .*policy.yaml:' "$DIR/demo")"
same "what is left" "" "$(left)"

KEEP=1 demo >"$DIR/demo" 2>&1 || fail "KEEP=1: $(cat "$DIR/demo")"
must ip netns exec "$LAB-front" curl -s -o /dev/null --connect-timeout 3 http://$PARTNER4/
refused demo
must "$BIN/sluicectl" -s "/run/$LAB-demo/sluiced.sock" status >/dev/null
must demo down >/dev/null
same "what is left" "" "$(left)"
