#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A smaller link behind the partner is found by TCP and by ping: its ICMP errors come back through
# the translation. A smaller link of the gateway's own is told by the gateway.
. "$(dirname "$0")/lib.sh"

route_mtu() { inside front ip route get "$(address "$1" "$2")" | sed -n 's/.* mtu \([0-9]*\).*/\1/p'; }

too_big() { inside front ping -M "do" -c 2 -i 0.3 -W 1 -s "$3" "$(address "$1" "$2")" 2>&1; }

lab_start
far_start 1300
gateway_start
for family in $(families); do
	transfer_start 20 front far "$family"
	transfer_end
	same "the MTU that TCP found over IPv$family" 1300 "$(route_mtu far "$family")"
	inside front ip route flush cache
	inside front ip -6 route flush cache
	too_big far "$family" 1400 >"$DIR/ping"
	same "the MTU that ping found over IPv$family" 1300 "$(route_mtu far "$family")"
	must inside front ping -q -M "do" -c 1 -W 2 -s 1200 "$(address far "$family")" >>"$DIR/ping"
done

inside gw ip link set wan mtu 1400
wait_for 5 status '.ports[] | select(.name == "wan") | .mtu == 1400' || fail "the MTU is not noticed"
for family in $(families); do
	wait_for 5 test "$(too_big partner "$family" 1420 >"$DIR/ping"; route_mtu partner "$family")" = 1400 ||
		fail "the gateway does not tell its own MTU over IPv$family: $(cat "$DIR/ping")"
	grep -q "$([ "$family" = 4 ] && echo 10.0.1.1 || echo fd00:1::1)" "$DIR/ping" ||
		fail "the error is not from the gateway: $(cat "$DIR/ping")"
	transfer_start 20 front partner "$family"
	transfer_end
done
