#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# `ip route' in the gateway's namespace is how packets go, from the next packet on: to a next hop, to
# nowhere with an answer, and not at all.
. "$(dirname "$0")/lib.sh"

# family, what ping has to say
route_says() {
	inside front ping -c 1 -W 1 "$(address far "$1")" >"$DIR/ping" 2>&1
	grep -qiE "$2" "$DIR/ping"
}

lab_start
far_start 1500
gateway_start
for family in $(families); do
	net=$([ "$family" = 4 ] && echo 198.51.100.0/24 || echo 2001:db8:9::/64)
	via=$(address partner "$family")
	wait_for 5 route_says "$family" ' 0% packet loss' || fail "no answer by $net: $(cat "$DIR/ping")"
	inside gw ip -"$family" route replace unreachable "$net"
	# An IPv6 route of another kind stands beside the first.
	[ "$family" = 4 ] || inside gw ip -6 route del "$net" via "$via"
	wait_for 5 route_says "$family" 'unreachable|no route' ||
		fail "unreachable, but ping says: $(cat "$DIR/ping")"
	inside gw ip -"$family" route del unreachable "$net"
	inside gw ip -"$family" route add blackhole "$net"
	wait_for 5 route_says "$family" '100% packet loss' || fail "blackhole: $(cat "$DIR/ping")"
	inside gw ip -"$family" route del blackhole "$net"
	inside gw ip -"$family" route add "$net" via "$via"
	wait_for 5 route_says "$family" ' 0% packet loss' || fail "no answer at last: $(cat "$DIR/ping")"
done
