#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# An SCTP association of a userspace stack through the translation.
. "$(dirname "$0")/lib.sh"

programs=/usr/lib/usrsctp
[ -x $programs/echo_server ] || skip "usrsctp's programs are not installed (libusrsctp-examples)"

# The stack offers every address it has to its peer: one is enough.
lab_start
inside partner ip -6 address flush dev eth0
inside front ip -6 address flush dev eth0
gateway_start
spawn partner $programs/discard_server >"$DIR/server" 2>&1
server=$SPAWNED
wait_for 5 inside partner sh -c "ss -Hlw | grep -q sctp" || sleep 1
kill -0 "$server" 2>/dev/null || skip "usrsctp's discard_server does not start: $(tail -1 "$DIR/server")"
(sleep 1 && echo hello && sleep 1) | inside front timeout 10 $programs/client $PARTNER4 9 >"$DIR/client" 2>&1
ctl_json flows list --proto sctp >"$DIR/flows"
same "the flow" "192.0.2.101 ASSURED" "$(jq -r '.[] | "\(.reply.dst) \(.state)"' "$DIR/flows")"
grep -q 'Msg of length 6 received from .*192.0.2.101' "$DIR/server" ||
	fail "the message did not arrive: $(cat "$DIR/client" "$DIR/server")"
