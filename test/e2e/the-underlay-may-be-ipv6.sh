#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# VXLAN over IPv6, with the kernel's device at the other end: both families inside, and the larger
# outer headers in what fits.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/tunnel-lab"

lab_start
tunnel_objects
untranslated_allowed
node_start $GW6 02:53:4c:00:00:10 1430
gateway_start 'tunnel : { protocol = "vxlan"; underlay = "ipv6"; };'
web front 80
web stranger 80
pods_call
inside front ping -M do -c 1 -s 1430 -W 2 10.2.0.5 >"$DIR/ping" 2>&1
grep -q 'mtu = 1430' "$DIR/ping" || fail "front is not told what fits: $(cat "$DIR/ping")"
spawn front iperf3 -s >/dev/null
wait_for 5 inside front sh -c "ss -Hltn | grep -q :5201"
up=$(speed 10.2.0.5 "") down=$(speed 10.2.0.5 -R)
note "iperf3 through VXLAN over IPv6: $up Mbit/s to the pod, $down Mbit/s from it"
[ "$up" -gt 10 ] && [ "$down" -gt 10 ] || fail "TCP does not flow: $up and $down Mbit/s"
gateway_stop
