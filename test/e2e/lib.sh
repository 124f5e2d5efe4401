# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# What every end-to-end test stands on: a lab of its own (scripts/lab), sluiced with a conf of its
# own, helpers that wait for conditions, and clean-up that happens whatever the test does.
#
# A test is a script named as the sentence it proves. It sources this file, then
#
#	lab_start                   namespaces front, batch, gw, bridge, partner, stranger
#	gateway_start ['key = ..;'] sluiced with conf/demo's objects and these further conf lines
#	must / refused COMMAND..    fails unless it succeeds / fails
#	skip REASON                 cannot be run here
#	note TEXT                   something measured, shown beside the result
#
# A test that ends well has also shown that the gateway's kernel forwarded no packet and that none
# left by the wan with a pod's own address; `untranslated_allowed' lifts the latter.

set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1

NAME=$(basename "$0" .sh)
export LAB=sluice-e$$
BIN=$(realpath "${BIN:-build/gcc}")
RUN=/run/$LAB
DIR=$(mktemp -d "${TMPDIR:-/tmp}/sluice-e2e.XXXXXX")
LOG=$DIR/sluiced.log
CONF=$DIR/gateway.conf
PEER=$PWD/test/e2e/peer
PIDS=()
LEAKS_MATTER=1
PARTNER4=192.0.2.10 PARTNER6=2001:db8:2::10
STRANGER4=192.0.2.20 STRANGER6=2001:db8:2::20

[ "$(id -u)" = 0 ] || { echo "this needs root" && exit 77; }

skip() {
	echo "$*" >"${E2E_REASON:-/dev/stdout}"
	exit 77
}

note() { echo "    $*"; }

fail() {
	echo "$NAME: $*" >&2
	exit 1
}

must() { "$@" || fail "this should have succeeded: $*"; }

refused() { ! "$@" >/dev/null 2>&1 || fail "this should have been refused: $*"; }

# what, expected, found
same() { [ "$2" = "$3" ] || fail "$1 should be \`$2', but is \`$3'"; }

now_ms() { echo $(($(date +%s%N) / 1000000)); }

# seconds, command: until it succeeds
wait_for() {
	local end=$(($(now_ms) + $1 * 1000))
	shift
	until "$@" >/dev/null 2>&1; do
		[ "$(now_ms)" -lt "$end" ] || return 1
		sleep 0.02
	done
}

gone() { ! kill -0 "$1" 2>/dev/null; }

inside() {
	local host=$1
	shift
	ip netns exec "$LAB-$host" "$@"
}

# host, command: in the background, until the test ends; its number is in $SPAWNED
spawn() {
	local host=$1
	shift
	ip netns exec "$LAB-$host" "$@" &
	SPAWNED=$!
	PIDS+=("$SPAWNED")
}

families() { echo 4 6; }

# host, family
address() {
	case $1$2 in
	partner4) echo $PARTNER4 ;;
	partner6) echo $PARTNER6 ;;
	stranger4) echo $STRANGER4 ;;
	stranger6) echo $STRANGER6 ;;
	front4) echo 10.0.1.10 ;;
	front6) echo fd00:1::10 ;;
	batch4) echo 10.0.2.10 ;;
	batch6) echo fd00:2::10 ;;
	far4) echo $FAR4 ;;
	far6) echo $FAR6 ;;
	front-leaves4) echo 192.0.2.101 ;;
	front-leaves6) echo 2001:db8:2::101 ;;
	batch-leaves4) echo 192.0.2.102 ;;
	batch-leaves6) echo 2001:db8:2::102 ;;
	esac
}

bracketed() {
	case $2 in
	4) address "$1" 4 ;;
	6) echo "[$(address "$1" 6)]" ;;
	esac
}

# host, family, port
url() { echo "http://$(bracketed "$1" "$2"):${3:-80}/"; }

# ---- the lab and the gateway ----

# The bridge's side of the wan: a frame from a pod's address is one that was not translated.
leaks_watch() {
	inside bridge tcpdump -lnni eth0 -Q in 'net 10.0.0.0/8 or net fd00::/8' \
		>"$DIR/leaks" 2>"$DIR/leaks.err" &
	LEAKS_PID=$!
	PIDS+=("$LEAKS_PID")
	wait_for 5 grep -q listening "$DIR/leaks.err" || fail "tcpdump does not start"
}

untranslated_allowed() { LEAKS_MATTER=; }

lab_start() {
	scripts/lab up || fail "the namespaces could not be made"
	leaks_watch
	mkdir -p "$DIR/objects"
	cp conf/demo/*.yaml "$DIR/objects/"
}

# A host behind the partner, routes to it and front's leave to go there. The MTU is the partner's
# on their link: the host itself and its MSS do not know of it.
FAR4=198.51.100.10 FAR6=2001:db8:9::10
far_start() {
	ip netns add "$LAB-far"
	ip link add name eth0 netns "$LAB-far" type veth peer name far netns "$LAB-partner" mtu "$1"
	inside far sysctl -qw net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0
	inside far ip address add $FAR4/24 dev eth0
	inside far ip address add $FAR6/64 dev eth0 nodad
	inside far ip link set eth0 up
	inside partner ip address add 198.51.100.1/24 dev far
	inside partner ip address add 2001:db8:9::1/64 dev far nodad
	inside partner ip link set far up
	inside far ip route add default via 198.51.100.1
	inside far ip route add default via 2001:db8:9::1
	inside far ethtool -K eth0 tx off tso off gso off gro off sg off >/dev/null 2>&1
	inside partner ethtool -K far tx off tso off gso off gro off sg off >/dev/null 2>&1
	inside partner sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
	inside gw ip route add 198.51.100.0/24 via $PARTNER4
	inside gw ip route add 2001:db8:9::/64 via $PARTNER6
	sed -i "/cidr: 2001:db8:2::10/a\\    - ipBlock:\\n        cidr: $FAR4/32\\n    - ipBlock:\\n        cidr: $FAR6/128" \
		"$DIR/objects/policy.yaml"
}

far_stop() {
	[ -e "/run/netns/$LAB-far" ] || return 0
	# shellcheck disable=SC2046
	kill $(ip netns pids "$LAB-far") 2>/dev/null
	ip netns delete "$LAB-far"
}

# further lines of the conf
conf_write() {
	cat >"$CONF" <<-EOF
		node = "gw-1";
		paths : { objects = "objects"; run = "$RUN"; };
		workers : { ${WORKERS:-count = 2;} };
		sizes : { flows = 16384; };
		ports = (
			{ name = "pod-a"; interface = "pod-a"; },
			{ name = "pod-b"; interface = "pod-b"; },
			{ name = "wan"; interface = "wan"; }
		);
		${1:-}
	EOF
}

ctl() { "$BIN/sluicectl" -s "$RUN/sluiced.sock" "$@"; }
ctl_json() { "$BIN/sluicectl" -s "$RUN/sluiced.sock" -o json "$@"; }
# jq calls nothing at all a success.
status() {
	local reply
	reply=$(ctl_json status) && jq -er "$1" <<<"$reply"
}
healthy() { status .healthy; }

sluiced_start() {
	ip netns exec "$LAB-gw" "$BIN/sluiced" -c "$CONF" >>"$LOG" 2>&1 </dev/null &
	SLUICED=$!
	disown
}

gateway_start() {
	conf_write "${1:-}"
	sluiced_start
	wait_for 15 healthy || fail "sluiced is not healthy"
}

gateway_stop() {
	ctl shutdown >/dev/null || fail "sluiced did not take the request to shut down"
	wait_for 10 gone "$SLUICED" || fail "sluiced is still there, ten seconds after shutdown"
}

fastpath_pid() { status .fastpath.pid; }

# Healthy again, with another process than that.
fastpath_replaced() { status "select(.healthy and .fastpath.pid != $1) | true"; }

fastpath_kill() {
	local pid
	pid=$(fastpath_pid)
	kill -9 "$pid"
	wait_for 10 fastpath_replaced "$pid" || fail "the fast path does not come back after kill -9"
}

# After the files of objects were changed: until every worker runs them.
reload() { ctl reload >/dev/null || fail "reload was refused"; }

drops_of() { ctl_json drops | jq -r --arg r "$1" '[.drops[] | select(.reason == $r) | .packets] | add // 0'; }

# ---- peers ----

# host, port: answers with the address and port that it sees
web() {
	spawn "$1" "$PEER" web "${2:-80}"
	wait_for 5 inside "$1" "$PEER" probe "${2:-80}" || fail "no web server in $1"
}

# host, port: TCP and UDP echo, each connection begins with the address and port that it sees
echoes() {
	spawn "$1" "$PEER" echo "${2:-7}"
	wait_for 5 inside "$1" "$PEER" probe "${2:-7}" || fail "no echo server in $1"
}

# pod, host, family, port: the source address that the host's web server saw
seen_from() { inside "$1" curl -s --connect-timeout "${CURL_S:-3}" -m 10 "$(url "$2" "$3" "${4:-80}")" | cut -d' ' -f1; }

# Connections that are held open: hold_open POD ADDRESS PORT COUNT, then hold_ask "check SECONDS" or sources.
hold_open() {
	coproc HOLD { inside "$1" "$PEER" hold "$2" "$3" "$4"; }
	PIDS+=("$HOLD_PID")
	hold_answer
	same "connections open" "open $4" "$ANSWER"
}

hold_answer() { read -r -t 30 ANSWER <&"${HOLD[0]}" || ANSWER="no answer"; }

hold_ask() {
	echo "$1" >&"${HOLD[1]}"
	hold_answer
}

hold_close() {
	local pid=$HOLD_PID
	echo quit >&"${HOLD[1]}"
	wait "$pid" 2>/dev/null
}

# megabytes, pod, host, family: in the background; transfer_end waits and compares checksums
transfer_start() {
	spawn "$3" socat -b 131072 -u "TCP$4-LISTEN:9000,reuseaddr" "SYSTEM:md5sum >$DIR/received"
	RECEIVER=$SPAWNED
	wait_for 5 inside "$3" sh -c "ss -Hltn | grep -q :9000" || fail "socat does not listen"
	test_bytes "$1" | inside "$2" socat -b 131072 -u - "TCP$4:$(bracketed "$3" "$4"):9000" &
	SENDER=$!
	SENT_MB=$1
}

transfer_end() {
	wait "$SENDER" || fail "the transfer broke"
	wait "$RECEIVER"
	same "the checksum of $SENT_MB MiB" "$(test_bytes "$SENT_MB" | md5sum)" "$(cat "$DIR/received")"
}

# The same bytes every time, and no two blocks of them alike.
test_bytes() {
	openssl enc -aes-128-ctr -nosalt -in /dev/zero -K 00 -iv 00 2>/dev/null |
		head -c $(($1 * 1048576))
}

# ---- the end ----

kernel_forwarded() {
	inside gw awk '/^Ip:/ { if (n++) total += $(at); else for (i = 1; i <= NF; i++) if ($i == "ForwDatagrams") at = i }
		$1 == "Ip6OutForwDatagrams" { total += $2 }
		END { print total + 0 }' /proc/net/snmp /proc/net/snmp6
}

promises_check() {
	[ -e "/run/netns/$LAB-gw" ] || return 0
	if [ "$(kernel_forwarded)" != 0 ]; then
		echo "$NAME: the kernel forwarded $(kernel_forwarded) packets" >&2
		return 1
	fi
	if [ -n "$LEAKS_MATTER" ] && [ -s "$DIR/leaks" ]; then
		echo "$NAME: packets left with a pod's address:" >&2
		head -5 "$DIR/leaks" >&2
		return 1
	fi
}

dump() {
	echo "---- the end of sluiced's log" >&2
	tail -30 "$LOG" >&2
	for what in status drops stats "flows list -n 30"; do
		echo "---- sluicectl $what" >&2
		# shellcheck disable=SC2086
		timeout 5 "$BIN/sluicectl" -s "$RUN/sluiced.sock" $what >&2
	done
	echo "----" >&2
}

clean() {
	local pid
	if [ -e "$RUN/sluiced.sock" ]; then
		timeout 3 "$BIN/sluicectl" -s "$RUN/sluiced.sock" shutdown >/dev/null 2>&1
		[ -z "${SLUICED:-}" ] || wait_for 5 gone "$SLUICED" || kill -9 "$SLUICED" 2>/dev/null
	fi
	for pid in "${PIDS[@]}"; do kill "$pid" 2>/dev/null; done
	far_stop
	scripts/lab down
	rm -rf "$RUN" "$DIR" "/dev/shm/${RUN##*/}"
}

on_exit() {
	local status=$?
	trap '' INT TERM HUP
	if [ $status = 0 ]; then
		sleep 0.05
		promises_check || status=1
	fi
	{ [ $status = 0 ] || [ $status = 77 ]; } || dump
	clean 2>/dev/null
	exit $status
}

trap on_exit EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
