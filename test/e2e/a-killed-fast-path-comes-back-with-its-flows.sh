#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# kill -9 of sluice-fastpath during a TCP transfer and with a thousand translated connections open:
# it is started again, has its flows, the transfer goes on and every connection answers.
. "$(dirname "$0")/lib.sh"

lab_start
gateway_start
echoes partner 7
transfer_received() { ss -N "$LAB-partner" -Htin sport = :9000 | grep -o 'bytes_received:[0-9]*' | cut -d: -f2; }
moved() { [ "$(transfer_received)" -gt "$1" ]; }

hold_open front $PARTNER4 7 1000
transfer_start 400 front partner 6
inside front "$PEER" beat $PARTNER4 7 5 >"$DIR/beat" &
beat=$!
wait_for 5 moved 20000000 || fail "the transfer does not begin"

fastpath_kill
kept=$(status .fastpath.flows_kept)
[ "$kept" -ge 1000 ] || fail "only $kept flows were kept"
transfer_end
hold_ask "check 20"
same "connections" "alive 1000" "$ANSWER"
wait $beat
gap=$(sed 's/.*gap_ms //' "$DIR/beat")
note "$kept flows kept, the gap was $gap ms"
[ "$gap" -lt 3000 ] || fail "the gap is $gap ms"
hold_close
