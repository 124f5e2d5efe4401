#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Between pods nothing is translated, and an ingress policy with a named port lets in whom its labels
# say. Connections to other ports and from the other side are denied by it.
. "$(dirname "$0")/lib.sh"

lab_start
rm "$DIR/objects/policy.yaml"
cat >"$DIR/objects/ingress.yaml" <<-EOF
	apiVersion: networking.k8s.io/v1
	kind: NetworkPolicy
	metadata: { name: into-front, namespace: shop }
	spec:
	  podSelector: { matchLabels: { app: front } }
	  policyTypes: [ Ingress ]
	  ingress:
	  - from: [ { podSelector: { matchExpressions: [ { key: app, operator: In, values: [ batch ] } ] } } ]
	    ports: [ { port: http } ]
EOF
gateway_start
web front 8080
web front 8081
web batch 8080
for family in $(families); do
	same "batch at front's named port" "$(address batch "$family")" \
		"$(seen_from batch front "$family" 8080)"
	same "front at batch, that no policy selects" "$(address front "$family")" \
		"$(seen_from front batch "$family" 8080)"
	before=$(drops_of POLICY_INGRESS)
	refused inside batch curl -s --connect-timeout 0.5 "$(url front "$family" 8081)"
	[ "$(drops_of POLICY_INGRESS)" -gt "$before" ] || fail "the other port is not counted as denied"
done
# A file that is saved is enough: the directory is watched.
denied() { ! inside batch curl -s --connect-timeout 0.5 "$(url front "$1" 8080)"; }
sed -i 's/values: \[ batch \]/values: [ other ]/' "$DIR/objects/ingress.yaml"
for family in $(families); do
	wait_for 5 denied "$family" || fail "the changed file is not noticed over IPv$family"
done
