#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Sessions die with the fast path, connections do not: the next one asks its peers for new sessions at once,
# so that they, who cannot know, need not find out. A transfer goes on. wg(8) shows the same at both ends.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/wireguard-lab"

# The longest time without an answer, in ms, of `ping -D'.
gap() { sed -n 's/^\[\([0-9.]*\)\] 64 bytes.*/\1/p' "$1" | awk 'NR > 1 && $1 - last > most { most = $1 - last } { last = $1 } END { printf "%d\n", most * 1000 }'; }

wireguard_lab_start
# Our device, with a control socket of its own beside wireguard-go's.
gateway_start "$(wireguard_conf "endpoint = \"$PARTNER4:51820\";" | sed "s/name = \"$DEV\"; socket_directory = \"\"/name = \"o$DEV\"/")"
partner_start
must pings front $INSIDE4
same "peers that wg(8) shows of us" "$(wg pubkey <"$DIR/key")" "$(wg show "o$DEV" peers)"
[ "$(wg show "o$DEV" latest-handshakes | cut -f2)" -gt 1000000000 ] || fail "wg(8) shows no handshake of us"
same "the endpoint that wg(8) shows of us" "$PARTNER4:51820" "$(wg show "o$DEV" endpoints | cut -f2)"
same "transfer, as wg(8) shows it at both ends" "$(theirs show "$DEV" transfer | cut -f2,3)" \
	"$(wg show "o$DEV" transfer | awk '{ print $3 "\t" $2 }')"

# Only the peer speaks: nobody else would begin.
inside partner ping -D -i 0.05 -w 8 10.0.1.10 >"$DIR/pings" 2>&1 &
pinging=$!
echoes partner 7
hold_open front $INSIDE4 7 20
sleep 1
fastpath_kill
wait "$pinging"
hold_ask "check 10"
same "connections that went on" "alive 20" "$ANSWER"
hold_close
note "a peer's pings went unanswered for $(gap "$DIR/pings") ms after kill -9"
[ "$(gap "$DIR/pings")" -lt 4000 ] || fail "the peer was not greeted"
partner_stop
