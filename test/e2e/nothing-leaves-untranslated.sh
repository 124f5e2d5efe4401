#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# New connections without end, through start, reload, change of address, kill -9 of the fast path,
# kill -9 of sluiced, restart and shutdown: no packet leaves with a pod's own address. That the watch
# would have seen one is shown at the end, without egress policies.
. "$(dirname "$0")/lib.sh"

lab_start
for family in $(families); do
	spawn front "$PEER" flood "$(address partner "$family")" 9 60
done
inside bridge tcpdump -lnni eth0 -Q in "src host 192.0.2.101 or src host 192.0.2.102 and udp" \
	>"$DIR/left" 2>/dev/null &
PIDS+=($!)
gateway_start
passing() { local n; n=$(wc -l <"$DIR/left") && sleep 0.1 && [ "$(wc -l <"$DIR/left")" -gt $((n + 20)) ]; }
flows_on() { wait_for 10 passing || fail "nothing leaves after $1"; }
flows_on "start"
for _ in 1 2 3; do
	sed -i 's/192\.0\.2\.101/192.0.2.102/' "$DIR/objects/egress.yaml" && reload
	cp conf/demo/egress.yaml "$DIR/objects/" && reload
done
flows_on "reloads"
fastpath_kill
flows_on "kill -9 of the fast path"
kill -9 "$SLUICED"
wait_for 5 gone "$SLUICED"
sluiced_start
wait_for 10 healthy || fail "not healthy after sluiced was killed"
before=$(fastpath_pid)
ctl restart-fastpath >/dev/null || fail "restart-fastpath was refused"
wait_for 10 fastpath_replaced "$before" || fail "restart-fastpath starts none"
flows_on "restart-fastpath"
gateway_stop
gateway_start
flows_on "stop and start"
note "$(wc -l <"$DIR/left") packets left over IPv4, $(wc -l <"$DIR/leaks") of any pod's address"
same "untranslated packets" 0 "$(wc -l <"$DIR/leaks")"

untranslated_allowed
rm "$DIR/objects/egress.yaml"
reload
wait_for 5 test -s "$DIR/leaks" || fail "the watch does not see packets that are not translated"
