#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# For each policy of test/e2e/policies: every pod of the lab, and a host outside, tries to reach
# every other one by TCP and UDP over both families through the running gateway, and what opens is what `sluicectl
# policy matrix' said beforehand, offline; and `policy probe' says the same.
. "$(dirname "$0")/lib.sh"

PODS="xa xb ya yb za zb"
PORTS="80 81"
export MORE_PODS=$PODS
POLICIES=test/e2e/policies
declare -A LABEL=([xa]=x/a [xb]=x/b [ya]=y/a [yb]=y/b [za]=z/a [zb]=z/b)
declare -A IP
HOSTS="$PODS partner stranger"

# family: whose addresses are tried; a pod's first address is what the matrix asks about
family_set() {
	local number=100 pod
	for pod in $PODS; do
		number=$((number + 1))
		[ "$1" = 4 ] && IP[$pod]=10.0.$number.10 || IP[$pod]=fd00:$number::10
	done
	for pod in partner stranger; do
		IP[$pod]=$(address "$pod" "$1")
		LABEL[$pod]=ext:${IP[$pod]}
	done
	cp "$POLICIES/world.yaml" "$DIR/world.yaml"
	[ "$1" = 4 ] || sed -i 's/podIPs: \[ \({[^}]*}\), \({[^}]*}\) \]/podIPs: [ \2, \1 ]/' "$DIR/world.yaml"
}

outside() { [[ $1 = partner || $1 = stranger ]]; }

# host: what it tries, `proto address port other' a line
plan() {
	local other proto port
	for other in $HOSTS; do
		[ "$other" != "$1" ] || continue
		! outside "$1" || ! outside "$other" || continue
		for proto in tcp udp; do
			for port in $PORTS; do echo "$proto ${IP[$other]} $port $other"; done
		done
	done
}

# policy: tables of what should be
matrix() {
	"$BIN/sluicectl" policy matrix -f "$DIR/world.yaml" -f "$1" -o json --external "partner=${IP[partner]}" \
		--external "stranger=${IP[stranger]}" --ports TCP/80,TCP/81,UDP/80,UDP/81
}

# Lines `from to PROTO/port mark' of the combined tables.
expected() {
	jq -r '.rows_from_cols_to as $n | .ports | to_entries[] | .key as $p | .value.combined | to_entries[] |
		.key as $r | .value / "" | to_entries[] | "\($n[$r]) \($n[.key]) \($p) \(.value | sub("A"; "."))"'
}

# policy: lines `from to PROTO/port mark' as the pods find it
found() {
	local host
	for host in $HOSTS; do
		plan "$host" >"$DIR/plan.$host"
		cut -d' ' -f1-3 "$DIR/plan.$host" | inside "$host" "$PEER" reach >"$DIR/reach.$host" &
		PIDS+=($!)
		TRYING+=($!)
	done
	wait "${TRYING[@]}"
	TRYING=()
	for host in $HOSTS; do
		paste -d' ' "$DIR/plan.$host" "$DIR/reach.$host" | while read -r proto _ port other result; do
			[ "$result" = open ] && mark=. || mark=X
			echo "${LABEL[$host]} ${LABEL[$other]} ${proto^^}/$port $mark"
		done
	done
}

# label: its address
end_of() {
	local host
	for host in $HOSTS; do [ "${LABEL[$host]}" != "$1" ] || echo "${IP[$host]}"; done
}

# policy: three of its answers, asked one by one
probes_agree() {
	local from to port mark verdict
	while read -r from to port mark; do
		verdict=$("$BIN/sluicectl" policy probe -f "$DIR/world.yaml" -f "$1" --from "$(end_of "$from")" \
			--to "$(end_of "$to")" --port "$port" -o json | jq -r .verdict)
		case $mark$verdict in
		.allow | .audit | Xdeny) ;;
		*) fail "$1: $from > $to $port: the matrix says $mark, probe says $verdict" ;;
		esac
	done
}

TRYING=()
lab_start
untranslated_allowed # a pod answers a stranger who calls it with its own address
rm "$DIR"/objects/*.yaml
cp $POLICIES/world.yaml "$DIR/objects/"
for host in partner stranger; do
	inside $host ip route add 10.0.0.0/8 via 192.0.2.1
	inside $host ip route add fd00::/8 via 2001:db8:2::1
done
conf_write 'policy : { deny_answer = "reset"; }; icmp : { rate = 100000; burst = 10000; };'
sed -i '/^ports = (/,/^);/d' "$CONF"
{
	echo 'ports = ('
	for pod in $PODS; do echo "	{ name = \"$pod\"; interface = \"$pod\"; },"; done
	echo '	{ name = "wan"; interface = "wan"; } );'
} >>"$CONF"
sluiced_start
wait_for 15 healthy || fail "sluiced is not healthy"
for host in $HOSTS; do
	spawn "$host" "$PEER" both $PORTS
	wait_for 5 inside "$host" "$PEER" probe 81 || fail "no server in $host"
done
tried=0 policies=0 silent=0

# policy, while the gateway runs it
policy_try() {
	matrix "$1" >"$DIR/matrix" || fail "$1: no matrix"
	found "$1" | sort >"$DIR/found"
	# Outside hosts among themselves, and a pod and itself, are not asked.
	expected <"$DIR/matrix" | awk 'NR == FNR { asked[$1, $2, $3]; next } ($1, $2, $3) in asked' "$DIR/found" - |
		sort >"$DIR/expected"
	diff "$DIR/expected" "$DIR/found" >"$DIR/diff" ||
		fail "$1: the matrix (<) and what happened (>) differ:"$'\n'"$(head -20 "$DIR/diff")"
	[ "$(wc -l <"$DIR/found")" -gt 100 ] || fail "$1: only $(wc -l <"$DIR/found") connections tried"
	{ grep -m2 'X$' "$DIR/found" && grep -m1 '\.$' "$DIR/found"; } | probes_agree "$1" || exit 1
	tried=$((tried + $(wc -l <"$DIR/found")))
	silent=$((silent + $(cat "$DIR"/reach.* | grep -c silent)))
}

for policy in "$POLICIES"/[0-9]*.yaml; do
	cp "$policy" "$DIR/objects/policy.yaml"
	reload
	for family in $(families); do
		family_set "$family"
		policy_try "$policy"
	done
	policies=$((policies + 1))
done
[ "$policies" -ge 20 ] || fail "only $policies policies were tried"
note "$policies policies, $tried connections, all as the matrix says ($silent denied without an answer)"
