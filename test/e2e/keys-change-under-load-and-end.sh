#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# With wireguard-go, for as long as its constants say: keys change after 120 s and no packet is lost by it,
# whoever began; when no handshake comes through any more, nothing is sent under a key of 180 s. That takes
# five and a half minutes: LONG=1 LIMIT=500 test/e2e/run keys-change. (Unit tests play the same with a clock of their own.)
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/wireguard-lab"

[ -n "${LONG:-}" ] || skip "takes five and a half minutes: LONG=1"

# When it was, in seconds.
handshake() { echo $(($(date +%s) - $(peer handshake_age_s | cut -d. -f1))); }
sent() { tcpdump -nr "$DIR/wire.pcap" "src host 192.0.2.1 and udp and udp[8] = 4 and greater 130" 2>/dev/null | wc -l; }

wireguard_lab_start
gateway_start "$(wireguard_conf "endpoint = \"$PARTNER4:51820\";")"
partner_start
must pings front $INSIDE4
first=$(handshake)

# ---- 120 s under load, both ways at once ----
inside front ping -q -i 0.01 -c 13500 -W 3 $INSIDE4 >"$DIR/out" 2>&1 &
one=$!
inside partner ping -q -i 0.01 -c 13500 -W 3 10.0.2.10 >"$DIR/in" 2>&1 &
other=$!
wait $one $other
for side in out in; do
	counts=$(sed -n 's/^\([0-9]*\) packets transmitted, \([0-9]*\) received.*/\1 \2/p' "$DIR/$side")
	note "pings $side: $counts"
	same "pings lost ($side)" 0 "$((${counts% *} - ${counts#* }))"
done
second=$(handshake)
[ $((second - first)) -ge 110 ] || fail "the keys did not change: handshakes at $first and $second"
note "keys changed after $((second - first)) s"

# ---- no handshake comes through: the key ends after 180 s ----
inside partner nft -f - <<-END
	table inet deaf {
		chain in { type filter hook input priority 0; udp length { 156, 100 } drop; }
		chain out { type filter hook output priority 0; udp length { 156, 100 } drop; }
	}
END
spawn bridge tcpdump --immediate-mode -Uni br0 -w "$DIR/wire.pcap" udp port 51820 2>"$DIR/wire.err"
wait_for 5 grep -q listening "$DIR/wire.err"
inside front ping -q -i 0.2 -w 200 $INSIDE4 >"$DIR/end" 2>&1
age=$(($(date +%s) - second))
[ $age -ge 180 ] || fail "the key is only $age s old"
before=$(sent)
inside front ping -q -i 0.2 -c 20 -W 1 $INSIDE4 >/dev/null 2>&1
same "packets sent under a key of $age s" 0 "$(($(sent) - before))"
[ "$before" -gt 100 ] || fail "only $before packets were sent before"
[ "$(drops_of WG_NO_KEY)" -gt 0 ] || fail "what could not be sent has no name"
inside partner nft delete table inet deaf
wait_for 20 inside front ping -q -c 1 -W 1 $INSIDE4 || fail "it does not begin again"
