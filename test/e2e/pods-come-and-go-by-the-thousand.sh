#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A thousand pods a second are added and removed while flows go on from addresses that they take
# from one another: no flow passes that the pod of the moment may not have, memory stays level.
# CHURN_S=60 goes on for a minute.
. "$(dirname "$0")/lib.sh"

resident_kb() { awk '/^VmRSS/ { print $2 }' "/proc/$1/status"; }

churn() {
	# shellcheck disable=SC2046
	inside front "$PWD/test/e2e/churn" "$DIR/objects" "$RUN/sluiced.sock" "$BIN/sluicectl" "$1" \
		"$(address batch 4)" 7 $(seq -f '10.0.1.%.0f' 100 199)
}

lab_start
cat >"$DIR/objects/guests.yaml" <<-'YAML'
	apiVersion: networking.k8s.io/v1
	kind: NetworkPolicy
	metadata: {name: guests, namespace: shop}
	spec:
	  podSelector: {matchLabels: {app: batch}}
	  policyTypes: [Ingress]
	  ingress:
	  - from: [{podSelector: {matchLabels: {role: client}}}]
	    ports: [{port: 7, protocol: UDP}]
YAML
for i in $(seq 100 199); do inside front ip address add "10.0.1.$i/24" dev eth0; done
gateway_start
echoes batch
churn 2 >/dev/null || fail "the first pods"
control=$(resident_kb "$SLUICED") fastpath=$(resident_kb "$(fastpath_pid)")
read -r pods seconds questions wrong longest <<<"$(churn "${CHURN_S:-5}")"
[ -n "$longest" ] || fail "the pods"
note "$pods pods came and went in $seconds s, $questions questions asked, longest reload $longest ms"
same "wrong verdicts" 0 "$wrong"
control_after=$(resident_kb "$SLUICED") fastpath_after=$(resident_kb "$(fastpath_pid)")
note "sluiced $control kB, at the end $control_after kB; fast path $fastpath kB, $fastpath_after kB"
[ "$control_after" -lt $((control + control / 4 + 8192)) ] || fail "sluiced has grown"
[ "$fastpath_after" -lt $((fastpath + fastpath / 10 + 4096)) ] || fail "the fast path has grown"
