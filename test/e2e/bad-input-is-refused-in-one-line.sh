#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What is wrong with a conf, an object, a port or the privileges is said in one line that names the
# place or what to do, the exit status is not 0, and what runs goes on as it was.
. "$(dirname "$0")/lib.sh"

# pattern, command: fails, with one line that matches
complains() {
	local pattern=$1 status
	shift
	"$@" >"$DIR/out" 2>"$DIR/err" </dev/null
	status=$?
	[ $status != 0 ] || fail "exit status $status of: $*: $(cat "$DIR/err")"
	# A fast path may have said how far it came; the error is one line.
	grep -v '^sluice.*: [^:]*: \(XDP\|took\)\|queues, \|^sluiced: version\|ending$' "$DIR/err" >"$DIR/errors"
	same "the number of errors in: $(cat "$DIR/err")" 1 "$(wc -l <"$DIR/errors")"
	grep -qE -- "$pattern" "$DIR/errors" || fail "expected $pattern, got: $(cat "$DIR/err")"
}

# pattern, line of the conf: as a check, and as a start
conf_complains() {
	conf_write "$2"
	complains "$1" "$BIN/sluiced" -c "$CONF" --check
	complains "$1" ip netns exec "$LAB-gw" "$BIN/sluiced" -c "$CONF"
}

policy() {
	cat <<-EOF
		apiVersion: networking.k8s.io/v1
		kind: NetworkPolicy
		metadata: { name: bad, namespace: shop }
		spec:
		  podSelector: {}
		  $1
	EOF
}

CTL=("$BIN/sluicectl" -s "$RUN/sluiced.sock")
lab_start
conf_complains 'gateway.conf:10: .*colour' 'colour = "red";'
conf_complains 'gateway.conf:10: .*on_start' 'on_start = 7;'
conf_complains 'gateway.conf:1[01]: syntax error' 'log = '
conf_complains 'gateway.conf:10: .*on_failure' 'on_failure = "perhaps";'
complains 'none.conf.*No such file' "$BIN/sluiced" -c "$DIR/none.conf"

conf_write
sed -i 's/interface = "wan"/interface = "wam"/' "$CONF"
complains 'wam' ip netns exec "$LAB-gw" "$BIN/sluiced" -c "$CONF"

# As nobody: with no right to the run directory, and with it but without the rest.
as_nobody() { ip netns exec "$LAB-gw" setpriv --reuid 65534 --regid 65534 --clear-groups "$@"; }
conf_write
chmod 711 "$DIR"
cp "$BIN"/sluice* "$BIN/steer.bpf.o" "$DIR"
complains "$RUN.*Permission denied" as_nobody "$DIR/sluiced" -c "$CONF"
mkdir -m 700 "$DIR/$LAB-nobody"
chown 65534 "$DIR/$LAB-nobody"
sed -i "s|$RUN|$DIR/$LAB-nobody|" "$CONF"
complains 'root|CAP_|privilege' as_nobody "$DIR/sluiced" -c "$CONF"
rm -rf "$DIR/$LAB-nobody" "/dev/shm/$LAB-nobody"

policy 'ingres: []' >"$DIR/objects/bad.yaml"
conf_write
complains 'bad.yaml:6: .*ingres' "$BIN/sluiced" -c "$CONF" --check
rm "$DIR/objects/bad.yaml"

inside bridge ip link set eth0 mtu 9216
inside gw ip link set wan mtu 9216
complains 'wan.*MTU|MTU.*wan' ip netns exec "$LAB-gw" "$BIN/sluiced" -c "$CONF"
inside gw ip link set wan mtu 1500
inside bridge ip link set eth0 mtu 1500

# And while it runs.
gateway_start
web partner
generation=$(status .tables.generation)
policy 'ingres: []' >"$DIR/bad.yaml"
complains 'bad.yaml:6: .*ingres' "${CTL[@]}" apply -f "$DIR/bad.yaml"
policy 'policyTypes: [ Sideways ]' >"$DIR/bad.yaml"
complains 'bad.yaml:6: .*Sideways' "${CTL[@]}" apply -f "$DIR/bad.yaml"
complains 'none.yaml.*No such file' "${CTL[@]}" apply -f "$DIR/none.yaml"
policy 'ingress: [ { from: [ { ipBlock: { cidr: 10.0.0.0/99 } } ] } ]' >"$DIR/objects/bad.yaml"
complains 'bad.yaml:6: .*10.0.0.0/99' "${CTL[@]}" reload
same "the generation after bad objects" "$generation" "$(status .tables.generation)"
same "healthy with a bad file" false "$(ctl_json status | jq .healthy)"
rm "$DIR/objects/bad.yaml"
conf_write 'colour = "red";'
complains 'gateway.conf:10: .*colour' "${CTL[@]}" reload
conf_write
must ctl reload >/dev/null
wait_for 5 healthy || fail "not healthy after everything was repaired"
same "front at the partner" "$(address front-leaves 4)" "$(seen_from front partner 4)"
complains 'already|another|in use' ip netns exec "$LAB-gw" "$BIN/sluiced" -c "$CONF"
complains 'unknown|what is|no command' "${CTL[@]}" dance
complains 'sluiced' "$BIN/sluicectl" -s "$DIR/none.sock" status
healthy >/dev/null || fail "not healthy at the end"
