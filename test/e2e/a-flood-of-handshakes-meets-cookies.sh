#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A stranger who knows the gateway's public key sends first messages of handshakes, 20,000 a second, right
# as far as one can tell without the costly part. Then everybody has to show first that he is where he
# says: the stranger is sent cookies, and wireguard-go, which returns one, has its session. Who has one
# already notices nothing.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/wireguard-lab"

FLOOD_S=${FLOOD_S:-14}

flood() {
	cat >"$DIR/flood.py" <<-'END'
		import base64, hashlib, os, socket, sys, time
		key = hashlib.blake2s(b'mac1----' + base64.b64decode(sys.argv[1])).digest()
		messages = []
		for _ in range(512):
		    m = b'\1\0\0\0' + os.urandom(112)
		    messages.append(m + hashlib.blake2s(m, key=key, digest_size=16).digest() + bytes(16))
		s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
		end = time.time() + float(sys.argv[2])
		sent = 0
		while time.time() < end and sent < 4000000:
		    for m in messages:
		        s.sendto(m, ('192.0.2.1', 51871))
		    sent += len(messages)
		    time.sleep(0.02)
		print(sent)
	END
	spawn stranger /usr/bin/python3 "$DIR/flood.py" "$(our_key)" "$FLOOD_S"
}

cookies() { tcpdump -nr "$DIR/cookies.pcap" 2>/dev/null | wc -l; }

wireguard_lab_start
gateway_start "$(wireguard_conf "")"
partner_start endpoint 192.0.2.1:51871
must pings partner 10.0.1.10
spawn stranger tcpdump --immediate-mode -Uni eth0 -w "$DIR/cookies.pcap" 'udp src port 51871 and udp[8] = 3' 2>"$DIR/cookies.err"
wait_for 5 grep -q listening "$DIR/cookies.err"
flood >"$DIR/sent"
flooding=$SPAWNED
sleep 1
inside partner ping -q -i 0.02 -c 100 -W 2 10.0.1.10 >"$DIR/pings" 2>&1
same "pings in a session that was there" 100 "$(sed -n 's/.*, \([0-9]*\) received.*/\1/p' "$DIR/pings")"

# A session from nothing, in the middle of the flood: the first message is answered with a cookie, the next,
# five seconds later, brings it back.
must theirs set "$DEV" peer "$(our_key)" remove
must theirs set "$DEV" peer "$(our_key)" allowed-ips 10.0.0.0/16,fd00::/16 endpoint 192.0.2.1:51871
began=$(now_ms)
wait_for 12 inside partner ping -q -c 1 -W 1 10.0.1.10 || fail "no session while the flood lasts"
took=$(($(now_ms) - began))
kill -0 "$flooding" 2>/dev/null || fail "the flood was over before: nothing is shown"
wait "$flooding"
note "flood of $(cat "$DIR/sent") handshakes in $FLOOD_S s: $(cookies) cookies to the stranger, a session of the peer's after $took ms"
[ "$(cookies)" -gt 10 ] || fail "the stranger got no cookies"
must pings partner 10.0.1.10
partner_stop
