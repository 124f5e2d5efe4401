#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# SYNs from spoofed addresses, as many as the generator sends, beside a thousand new connections a
# second and a hundred that are there already: of the new ones 99.9 % are answered within three
# seconds, none of the others is lost, and the fast path does not grow.
#
#   FLOOD_S     seconds of the flood (5)
#   FLOOD_RATE  SYNs a second at most (0: as many as go)
#   CALL_RATE   new connections a second (1000)
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/service-lab"

# On processors of their own, as on a gateway: else a flood at full rate takes their time too.
[ "$(nproc)" -lt 2 ] || WORKERS="count = 2; cpus = [0, 1];"
FLOOD_S=${FLOOD_S:-5} FLOOD_RATE=${FLOOD_RATE:-0} CALL_RATE=${CALL_RATE:-1000}
FLOOD=$BIN/perf/syn_flood
KEPT=100
[ -x "$FLOOD" ] || skip "$FLOOD is not built: make perfs"

service_lab_start
{
	balancer calls "ports: [{name: calls, port: 4000}]"
	slices calls calls 4000 10.0.1.10 10.0.2.10
} >"$DIR/objects/services.yaml"
for pod in front batch; do
	spawn $pod "$FLOOD" serve 4000
	wait_for 5 inside $pod sh -c "ss -Hltn | grep -q :4000" || fail "no server in $pod"
done
# Answers to the flood end there.
inside gw ip route add 203.0.113.0/24 via "$PARTNER4"
inside partner ip route add blackhole 203.0.113.0/24
inside stranger sysctl -qw net.ipv4.ip_local_port_range="10000 65000"
gateway_start "$SNAT_CONF"

resident() { awk '/^VmRSS/ { print $2 }' "/proc/$(fastpath_pid)/status"; }

# seconds: the clients, until all are answered or have given up
call() { inside stranger "$FLOOD" call "$VIP4" 4000 "$CALL_RATE" "$1" $KEPT; }

# what the clients say: "GOOD of MADE answered, BAD failed, .. ; LOST of KEPT kept were lost"
judge() {
	local good made lost
	read -r good _ made _ <<<"$1"
	lost=${1##*; } lost=${lost%% *}
	[ $((good * 1000)) -ge $((made * 999)) ] || fail "$2: $1"
	same "kept connections lost, $2" 0 "$lost"
}

alone=$(call 2 | tail -1)
note "without a flood: $alone"
judge "$alone" "without a flood"

before=$(resident)
call "$FLOOD_S" >"$DIR/calls" &
callers=$!
PIDS+=("$callers")
wait_for 5 grep -q ready "$DIR/calls" || fail "the clients do not begin"
# What is left of the machine is the flood's.
flood=$(inside partner nice -n 19 "$FLOOD" flood eth0 "$(inside gw cat /sys/class/net/wan/address)" \
	203.0.113.0 "$VIP4" 4000 "$FLOOD_S" "$FLOOD_RATE")
wait "$callers" || fail "the clients failed"
under=$(tail -1 "$DIR/calls")
after=$(resident)
note "the flood: $flood; $(drops_of SYN_COOKIE_SENT) were answered with cookies"
note "under it: $under"
note "the fast path has $before KiB, then $after KiB"
judge "$under" "under the flood"
[ "$(drops_of SYN_COOKIE_SENT)" -gt 0 ] || fail "there was no flood: no cookie was sent"
[ $((after - before)) -lt 65536 ] || fail "the fast path grew from $before to $after KiB"
