#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What a NetworkPolicy allows arrives; what it does not is counted, and the event of the drop names
# the object, its file and line, as does sluicectl explain.
. "$(dirname "$0")/lib.sh"

event_for() {
	jq -er --arg src "$(address front "$1")" --arg dst "$(address stranger "$1")" \
		'select(.src == $src and .dst == $dst) | "\(.reason) \(.origin.name) \(.origin.file):\(.origin.line)"' \
		"$DIR/events" | head -1
}

lab_start
gateway_start
web partner
web stranger
ctl_json events -t drop >"$DIR/events" &
PIDS+=($!)
sleep 0.3
line=$(grep -n 'name: front-to-partner' "$DIR/objects/policy.yaml" | cut -d: -f1)
for family in $(families); do
	same "front at the partner" "$(address front-leaves "$family")" \
		"$(seen_from front partner "$family")"
	before=$(drops_of POLICY_EGRESS)
	refused inside front curl -s --connect-timeout 1 "$(url stranger "$family")"
	[ "$(drops_of POLICY_EGRESS)" -gt "$before" ] || fail "the drop is not counted"
	wait_for 3 event_for "$family" || fail "no event tells of the drop over IPv$family"
	read -r reason name place <<<"$(event_for "$family")"
	same "the reason" POLICY_EGRESS "$reason"
	same "the object" front-to-partner "$name"
	same "the file" "$DIR/objects/policy.yaml" "${place%:*}"
	[ "${place##*:}" -le "$line" ] && [ "${place##*:}" -gt $((line - 5)) ] ||
		fail "the line is ${place##*:}, but the object is named in $line"
	same "explained over IPv$family" "false POLICY_EGRESS $place" "$(ctl_json explain shop/front \
		"$(address stranger "$family")" tcp/80 | jq -r '"\(.passes) \(.reason) \(.egress.origin.file):\(.egress.origin.line)"')"
	same "explained over IPv$family" "true $(address front-leaves "$family")" "$(ctl_json explain \
		shop/front "$(address partner "$family")" tcp/80 | jq -r '"\(.passes) \(.nat.address)"')"
done

# The same by labels and from a packet, with every policy and what would change the verdict.
same "explained by labels" "false POLICY_EGRESS NetworkPolicy" "$(ctl_json explain app=front,ns=shop "$STRANGER4" tcp/80 |
	jq -r '"\(.passes) \(.reason) \(.why.egress.policies[0].kind)"')"
# An Ethernet frame with the SYN of 10.0.1.10:40000 to the stranger's port 80.
syn=02000000000102000000000208004500002800004000400600000a00010ac0000214
syn+=9c40005000000001000000005002ffff00000000
same "explained from a packet" "false POLICY_EGRESS 40000 80" "$(ctl_json explain --packet "$syn" |
	jq -r '"\(.passes) \(.reason) \(.sport) \(.dport)"')"
ctl explain shop/front "$STRANGER4" tcp/80 >"$DIR/explained"
grep -q 'to change' "$DIR/explained" || fail "explain does not say what would change the verdict"
# What opens nothing would be dropped as that, whatever policy says: an acknowledgement, an error.
same "explained from an acknowledgement" "false TCP_NOT_SYN" "$(ctl_json explain --packet "${syn/5002/5010}" |
	jq -r '"\(.passes) \(.reason)"')"
same "explained by types of ICMP" "POLICY_EGRESS ICMP_NO_FLOW NO_FLOW" "$(for type in 13 3 0; do
	ctl_json explain shop/front "$STRANGER4" icmp/$type | jq -r .reason
done | paste -sd' ')"
