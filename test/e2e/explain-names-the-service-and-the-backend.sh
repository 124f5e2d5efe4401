#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# sluicectl explain says which service an address is of, the backend that the call meets, what policy
# says of that backend and how the call leaves; or why the service does not take it. What it says
# is what happens to a call.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/service-lab"

POD4=10.0.1.10 OTHER4=10.0.2.10

service_lab_start
{
	balancer web "clusterIP: $CLUSTER4, ports: [{name: http, port: 80}]"
	slices web http 8080 $POD4
	balancer open "ports: [{name: http, port: 81}]"
	slices open http 8080 $OTHER4
	balancer nobody "ports: [{name: http, port: 82}]"
	balancer some "ports: [{name: http, port: 83}], loadBalancerSourceRanges: [$PARTNER4/32]"
	slices some http 8080 $OTHER4
	cat <<-END
		---
		apiVersion: networking.k8s.io/v1
		kind: NetworkPolicy
		metadata: {name: partner-only, namespace: shop}
		spec:
		  podSelector: {matchLabels: {app: front}}
		  ingress: [{from: [{ipBlock: {cidr: $PARTNER4/32}}], ports: [{port: 8080}]}]
	END
} >"$DIR/objects/services.yaml"
for pod in front batch; do
	nginx_start $pod
done
gateway_start "$SNAT_CONF"
line=$(grep -n 'name: web,' "$DIR/objects/services.yaml" | head -1 | cut -d: -f1)

# from, to, port, jq
told() { ctl_json explain "$1" "$2" "$3" | jq -r "$4"; }

same "a call that policy lets pass" "true shop/web:http maglev snat 10.0.1.10:8080 $POD4 $NODE4" \
	"$(told "$PARTNER4" $VIP4 tcp/80 '"\(.passes) \(.service.name) \(.service.algorithm) \(.service.mode) \(.backend.address):\(.backend.port) \(.to.address) \(.nat.address)"')"
same "what is said of it" front "$(answers partner "http://$VIP4/" 1 | cut -d' ' -f1)"
place=$(told "$PARTNER4" $VIP4 tcp/80 '"\(.service.origin.file):\(.service.origin.line)"')
same "the file" "$DIR/objects/services.yaml" "${place%:*}"
[ $((${place##*:} - line)) -ge 0 ] && [ $((${place##*:} - line)) -le 2 ] ||
	fail "the service is said to stand in line ${place##*:}, and stands in $line"
same "a call that policy denies" "false POLICY_INGRESS partner-only deny" \
	"$(told "$STRANGER4" $VIP4 tcp/80 '"\(.passes) \(.reason) \(.ingress.origin.name) \(.why.ingress.verdict)"')"
same "what is said of it" nobody "$(answers stranger "http://$VIP4/" 1)"
same "a service that policy leaves alone" "true shop/open:http" \
	"$(told "$STRANGER4" $VIP4 tcp/81 '"\(.passes) \(.service.name)"')"
same "without a backend" "false SERVICE_NO_BACKEND shop/nobody:http null null" \
	"$(told "$STRANGER4" $VIP4 tcp/82 '"\(.passes) \(.reason) \(.service.name) \(.backend) \(.why)"')"
same "out of its source ranges" "false SERVICE_SOURCE shop/some:http" \
	"$(told "$STRANGER4" $VIP4 tcp/83 '"\(.passes) \(.reason) \(.service.name)"')"
same "in its source ranges" true "$(told "$PARTNER4" $VIP4 tcp/83 .passes)"
same "a ClusterIP from outside" "false SERVICE_INSIDE_ONLY shop/web:http" \
	"$(told "$STRANGER4" $CLUSTER4 tcp/80 '"\(.passes) \(.reason) \(.service.name)"')"
same "a port that no service has" "false SERVICE_NO_PORT null" \
	"$(told "$STRANGER4" $VIP4 tcp/84 '"\(.passes) \(.reason) \(.service)"')"
same "a ping" "true true" "$(told "$STRANGER4" $VIP4 icmp '"\(.passes) \(.answered)"')"

# Services by their names.
same "by name" "$VIP4 80 true" "$(told "$PARTNER4" svc/shop/web tcp/80 '"\(.dst) \(.dport) \(.passes)"')"
same "by name and port" "$VIP4 81" "$(told "$PARTNER4" shop/open:http tcp '"\(.dst) \(.dport)"')"
refused ctl explain "$PARTNER4" svc/shop/nothing tcp/80
refused ctl explain "$PARTNER4" shop/open:http udp

# The same for people, and offline.
ctl explain "$STRANGER4" $VIP4 tcp/80 >"$DIR/said"
grep -q "service   shop/web:http ($place), maglev, snat" "$DIR/said" &&
	grep -q "backend   .*$POD4:8080" "$DIR/said" &&
	grep -q 'ingress   DENIED by NetworkPolicy shop/partner-only' "$DIR/said" ||
	fail "explain says: $(cat "$DIR/said")"
for case in "$PARTNER4 80 allow null" "$STRANGER4 80 deny null" "$STRANGER4 81 allow null" \
	"$STRANGER4 82 deny SERVICE_NO_BACKEND" "$STRANGER4 83 deny SERVICE_SOURCE" "$STRANGER4 84 deny SERVICE_NO_PORT"; do
	read -r from port verdict reason <<<"$case"
	same "probed from $from at port $port" "$verdict $reason" "$("$BIN/sluicectl" -o json policy probe --conf "$CONF" \
		--from "$from" --to $VIP4 --port TCP/"$port" | jq -r '"\(.verdict) \(.reason)"')"
done
