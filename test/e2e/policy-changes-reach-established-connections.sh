#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A NetworkPolicy that is applied while connections stand stops those it does not allow; when it is
# deleted they may begin again. All of it while others go on.
. "$(dirname "$0")/lib.sh"

policy() {
	cat <<-EOF
		apiVersion: networking.k8s.io/v1
		kind: NetworkPolicy
		metadata: { name: only-the-stranger, namespace: shop }
		spec:
		  podSelector: { matchLabels: { app: front } }
		  policyTypes: [ Egress ]
		  egress:
		  - to: [ { ipBlock: { cidr: $STRANGER4/32 } }, { ipBlock: { cidr: $STRANGER6/128 } } ]
	EOF
}

lab_start
rm "$DIR/objects/policy.yaml"
gateway_start
web partner
echoes partner 7
for family in $(families); do
	hold_open front "$(address partner "$family")" 7 5
	hold_ask "check 3"
	same "connections before" "alive 5" "$ANSWER"
	must ctl apply -f - <<<"$(policy)" >/dev/null
	hold_ask "check 2"
	same "connections under the policy" "alive 0" "$ANSWER"
	[ "$(drops_of POLICY_EGRESS)" -gt 0 ] || fail "their packets are not counted as denied"
	same "the other pod" "$(address batch-leaves "$family")" "$(seen_from batch partner "$family")"
	must ctl delete NetworkPolicy shop/only-the-stranger >/dev/null
	hold_close
	same "front, after the policy is gone" "$(address front-leaves "$family")" \
		"$(seen_from front partner "$family")"
done
