#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Whoever begins, over IPv4 or IPv6, with a pre-shared key: wireguard-go and we shake hands and carry both
# families inside. A wrong pre-shared key opens nothing. The peer may move to another port and address in
# the middle of a transfer, who says again what was said is not heard, and keepalives keep going.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/wireguard-lab"

GW4=192.0.2.1 GW6=2001:db8:2::1

both_ways() {
	must pings front $INSIDE4
	must pings front $INSIDE6
	must pings partner 10.0.1.10
	must pings partner fd00:1::10
}

# direction: Mbit/s
speed() { inside front iperf3 -c $INSIDE4 -t 3 $1 -J | jq '.end.sum_received.bits_per_second / 1e6 | floor'; }

# A packet of the peer's is caught and sent again, as it was, three times.
say_again() {
	inside partner /usr/bin/python3 - <<-'END'
		import socket, threading, time, subprocess
		s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
		s.bind(('eth0', 0))
		s.settimeout(5)
		caught = None
		threading.Thread(target=lambda: (time.sleep(0.3), subprocess.run(['ping', '-q', '-c', '1', '-W', '2', '10.0.1.10']))).start()
		while caught is None:
		    frame, at = s.recvfrom(2000)
		    if at[2] == socket.PACKET_OUTGOING and len(frame) > 46 and frame[23] == 17 and frame[42] == 4:
		        caught = frame
		time.sleep(1)
		for _ in range(3):
		    s.send(caught)
	END
}

wireguard_lab_start

# ---- we begin, then they do; each over IPv4 and IPv6 ----
for family in $(families); do
	theirs=PARTNER$family ours=GW$family
	gateway_start "$(wireguard_conf "preshared_key_file = \"$DIR/psk\"; endpoint = \"$(address_port "$family" "${!theirs}" 51820)\";")"
	partner_start preshared-key "$DIR/psk"
	refused pings partner 10.0.1.10 1 # it does not know where we are
	# A gateway that starts again asks its peers at once, and this one was not there: five seconds.
	wait_for 10 pings front $INSIDE4 1 || fail "we do not begin over IPv$family"
	both_ways
	same "where they heard us" "$(address_port "$family" "${!ours}" 51871)" "$(theirs show "$DEV" endpoints | cut -f2)"
	partner_stop
	gateway_stop

	gateway_start "$(wireguard_conf "preshared_key_file = \"$DIR/psk\";")"
	partner_start preshared-key "$DIR/psk" endpoint "$(address_port "$family" "${!ours}" 51871)"
	refused pings front $INSIDE4 1 # we do not know where they are
	must pings partner 10.0.1.10
	both_ways
	same "where we heard them" "$(address_port "$family" "${!theirs}" 51820)" "$(peer endpoint)"
	[ "$family" = 6 ] || { partner_stop && gateway_stop; }
done

# ---- load, both ways; in the middle of it the peer moves ----
spawn partner iperf3 -s >/dev/null
wait_for 5 inside partner sh -c "ss -Hltn | grep -q :5201"
note "iperf3 with wireguard-go: $(speed "") Mbit/s to it, $(speed -R) Mbit/s from it"
inside front iperf3 -c $INSIDE4 -t 6 -J >"$DIR/moving" &
moving=$!
sleep 1.5
must theirs set "$DEV" listen-port 51999
must pings partner 10.0.1.10
same "where we hear them after they moved" "$(address_port 6 $PARTNER6 51999)" "$(peer endpoint)"
wait "$moving" || fail "the transfer ended when the peer moved"
inside partner ip address del $PARTNER6/64 dev eth0
must theirs set "$DEV" peer "$(our_key)" endpoint "$GW4:51871"
must pings partner 10.0.1.10
same "where we hear them after they moved to IPv4" "$(address_port 4 $PARTNER4 51999)" "$(peer endpoint)"
must pings front $INSIDE4
inside partner ip address add $PARTNER6/64 dev eth0 nodad

# ---- replays ----
before=$(drops_of WG_REPLAY)
must say_again
same "what was said again and dropped" 3 "$(($(drops_of WG_REPLAY) - before))"
both_ways

# ---- keepalive, and a wrong key ----
must theirs set "$DEV" peer "$(our_key)" persistent-keepalive 1
received=$(peer received)
sleep 2.5
[ "$(peer received)" -gt "$received" ] || fail "their keepalives are not heard"
partner_stop
gateway_stop
(umask 077 && wg genpsk >"$DIR/other")
gateway_start "$(wireguard_conf "preshared_key_file = \"$DIR/psk\"; persistent_keepalive = 1; endpoint = \"$PARTNER4:51820\";")"
partner_start preshared-key "$DIR/other"
refused pings front $INSIDE4
same "a session with a wrong key" false "$(peer session)"
must theirs set "$DEV" peer "$(our_key)" preshared-key "$DIR/psk"
wait_for 15 pings front $INSIDE4 1 || fail "the right key opens nothing"
received=$(theirs show "$DEV" transfer | cut -f2)
sleep 2.5
[ "$(theirs show "$DEV" transfer | cut -f2)" -gt "$received" ] || fail "our keepalives are not heard"
partner_stop
