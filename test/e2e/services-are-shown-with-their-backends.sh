#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# sluicectl shows services that run, their backends, how many connections each has had and which
# share of Maglev's table; and a gateway of another name, whose objects stand in another order beside
# other services, names the same backend for every slot.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/service-lab"

POD4A=10.0.1.10 POD4B=10.0.2.10

service_lab_start
{
	balancer web "ports: [{name: http, port: 80}]"
	slices web http 8080 $POD4A $POD4B
	cat <<-END
		---
		apiVersion: sluice.io/v1alpha1
		kind: BackendPool
		metadata: {name: pool, namespace: shop}
		spec:
		  frontends: [{address: 198.18.0.3, port: 80}]
		  backends:
		  - {name: small, address: $POD4A, port: 8080, weight: 1, zone: z1}
		  - {name: large, address: $POD4B, port: 8080, weight: 3, zone: z2}
		  - {name: leaving, address: 10.0.2.11, port: 8080, drain: true}
	END
} >"$DIR/objects/services.yaml"
for pod in front batch; do
	nginx_start $pod
done
gateway_start "$SNAT_CONF"

# service, jq: something of the first row that is shown
shown() { ctl_json service show "$1" | jq -r "$2"; }

same "services that are listed" "shop/pool shop/web" \
	"$(ctl_json service list | jq -r '.[].name' | cut -d: -f1 | sort -u | xargs)"
ctl service list >"$DIR/list" || fail "service list: $(cat "$DIR/list")"
grep -q "shop/web.*maglev.*snat.*$VIP4:80/tcp" "$DIR/list" || fail "the list says: $(cat "$DIR/list")"
answers stranger "http://$VIP4/" 12 >/dev/null
same "connections that the backends of a service had" 12 \
	"$(shown shop/web '[.[0].backends[].opened] | add')"
same "the state of a backend that leaves" draining \
	"$(shown shop/pool '.[0].backends[] | select(.name | test("leaving")) | .state')"
same "zones of a pool" "z1 z2" "$(shown shop/pool '[.[0].backends[].zone] | unique | map(select(. != "")) | join(" ")')"
ctl service show shop/web >"$DIR/show" || fail "service show: $(cat "$DIR/show")"
grep -q "^$POD4A:8080 .*active" "$DIR/show" || fail "service show says: $(cat "$DIR/show")"
refused ctl service show shop/nothing
refused ctl maglev show shop/nothing

# Shares by weight, to one slot.
share() { ctl_json maglev show shop/pool | jq -r ".[0].backends[] | select(.address == \"$1\") | .slots"; }
size=$(ctl_json maglev show shop/pool | jq '.[0].size')
for part in "$POD4A 1" "$POD4B 3"; do
	slots=$(share "${part% *}")
	off=$((slots * 4 - size * ${part#* }))
	[ ${off#-} -lt 4 ] || fail "$part of 4 has $slots of $size slots"
done
same "slots of a backend that leaves" 0 "$(share 10.0.2.11)"

# name of the gateway: address and port of every slot of all services
slots() {
	ctl_json maglev show shop/web --slots | jq -c '.[] | .backends as $b | .slots | map($b[.].address)'
	ctl_json maglev show shop/pool --slots | jq -c '.[] | .backends as $b | .slots | map($b[.].address)'
}
slots | sort >"$DIR/slots-1"
[ "$(wc -c <"$DIR/slots-1")" -gt 100000 ] || fail "the slots are missing: $(head -c 200 "$DIR/slots-1")"

gateway_stop
rm -rf "$RUN" "/dev/shm/$LAB"
{
	balancer another "ports: [{name: http, port: 8000}]"
	slices another http 8000 10.0.1.7 $POD4B
	awk -v RS='---\n' '{ part[NR] = $0 } END { for (i = NR; i; i--) if (part[i] != "") printf "---\n%s", part[i] }' \
		"$DIR/objects/services.yaml"
} >"$DIR/services.yaml"
mv "$DIR/services.yaml" "$DIR/objects/services.yaml"
conf_write "$SNAT_CONF"
sed -i 's/gw-1/gw-2/' "$CONF"
sluiced_start
wait_for 15 healthy || fail "sluiced is not healthy: $(tail -3 "$LOG")"
slots | sort >"$DIR/slots-2"
cmp "$DIR/slots-1" "$DIR/slots-2" || fail "another gateway names other backends"
