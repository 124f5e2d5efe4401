#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Backends die, leave, arrive and come back while clients call: a connection to a backend that
# lives never breaks, not even when the backend is taken out of the pool; calls fail only between
# the death of a backend and the check that finds it, and only those it would have taken. Both
# families: each server is a backend for either.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/service-lab"

FOUND_MS=2500 # interval times fall and a timeout is 800 ms, and the machine is busy
RATE=4M       # a large file takes ten seconds

# backends as HOST PORT lines
pool_write() {
	local host port family
	{
		cat <<-END
			apiVersion: sluice.io/v1alpha1
			kind: BackendPool
			metadata: {name: web, namespace: shop}
			spec:
			  frontends: [{address: $VIP4, port: 80}, {address: '$VIP6', port: 80}]
			  healthCheck: {type: http, interval: 300ms, timeout: 200ms, rise: 2, fall: 2}
			  drainTimeout: 2m
			  backends:
		END
		while read -r host port; do
			for family in $(families); do
				echo "  - {name: $host-$port-$family, address: '$(address "$host" "$family")', port: $port}"
			done
		done
	} >"$DIR/pool.new"
	mv "$DIR/pool.new" "$DIR/objects/pool.yaml"
}

# number, family: one large file, as fast as $RATE; its backend and how it ended are files
download() {
	inside stranger curl -s -D "$DIR/download$1.head" -o /dev/null --limit-rate $RATE \
		-w '%{http_code} %{size_download}\n' "$(service_url VIP "$2" 80)large" >"$DIR/download$1.end"
}

backend_of() { sed -n 's/^X-Backend: \([^\r]*\).*/\1/p' "$DIR/download$1.head"; }

# between two times, calls that began and ended: those answered by, optionally of a family, as a number
called() { awk -v a="$1" -v b="$2" -v n="$3" '$1 >= a && $2 <= b && $3 == n' "$DIR"/calls${4:-?} | wc -l; }
failed() { awk -v a="$1" -v b="$2" '$1 >= a && $2 <= b && $3 !~ /^(front|batch)/' "$DIR"/calls? | wc -l; }

# state: of the server that dies, as both families' checks see it
is_state() {
	ctl backend list | awk -v s="$1" '
		($1 == "10.0.2.10:8081" || $1 == "[fd00:2::10]:8081") && $3 == s { found++ } END { exit found != 2 }'
}

service_lab_start
nginx_start front
nginx_start front 8081
nginx_start front 8082
nginx_start batch
nginx_start batch 8081
pool_write <<-END
	front 8080
	front 8081
	batch 8080
	batch 8081
END
gateway_start "$SNAT_CONF"
for family in $(families); do
	same "who answers over IPv$family" "batch batch-8081 front front-8081" \
		"$(answers stranger "$(service_url VIP "$family" 80)" 40 | cut -d' ' -f1 | xargs)"
done

began=$(now_ms)
for number in {1..20}; do
	download "$number" $((number % 2 ? 4 : 6)) &
	downloads+=($!)
done
for family in $(families); do
	vip=VIP$family
	spawn stranger "$PEER" call "${!vip}" 80 >"$DIR/calls$family"
	callers+=("$SPAWNED")
done
sleep 1.5

# ---- one dies ----
died=$(now_ms)
nginx_kill batch-8081
dead=$(now_ms)
wait_for 5 is_state down || fail "the dead backend is not found"
found=$(now_ms)
[ $((found - dead)) -le $FOUND_MS ] || fail "the dead backend is found after $((found - dead)) ms"

# ---- one leaves, and one arrives ----
sleep 0.7
pool_write <<-END
	front 8080
	front 8081
	batch 8081
	front 8082
END
reload
left=$(now_ms)
sleep 1.5

# ---- the dead one comes back ----
again=$(now_ms)
nginx_start batch 8081
wait_for 5 is_state up || fail "the backend that came back is not found"
back=$(now_ms)
sleep 1.5
ended=$(now_ms)
kill "${callers[@]}"

broken=0 whole=0 left_behind=0 kept=(0 0)
for number in {1..20}; do
	wait "${downloads[number - 1]}"
	result=$(cat "$DIR/download$number.end") name=$(backend_of "$number")
	if [ "$name" = batch-8081 ]; then
		broken=$((broken + 1))
		[ "$result" != "200 $LARGE_SIZE" ] || fail "a dead backend finished a download"
		continue
	fi
	same "the download from $name" "200 $LARGE_SIZE" "$result"
	whole=$((whole + 1))
	[ "$name" != batch ] || left_behind=$((left_behind + 1))
	kept[number % 2]=1
done

note "downloads: $whole whole ($left_behind of them from the one that left), $broken from the one that died"
note "calls: $(cat "$DIR"/calls? | wc -l), of which $(failed 0 "$ended") failed, all in the $((found - dead)) ms" \
	"until the dead one was found (interval 300 ms, fall 2)"
same "families with downloads that went on" "1 1" "${kept[*]}"
[ "$left_behind" -gt 0 ] || fail "no download was from the backend that left: nothing is shown"
same "calls that failed before it died" 0 "$(failed 0 "$died")"
same "calls that failed after it was found" 0 "$(failed "$found" "$ended")"
same "calls that the dead one answered" 0 "$(called "$dead" "$again" batch-8081)"
same "calls to the one that left" 0 "$(called "$left" "$ended" batch)"
for family in $(families); do
	[ "$(called "$began" "$left" batch "$family")" -gt 0 ] || fail "the one that left never answered over IPv$family"
	[ "$(called "$left" "$ended" front-8082 "$family")" -gt 0 ] || fail "the one that arrived is not called over IPv$family"
	[ "$(called "$back" "$ended" batch-8081 "$family")" -gt 0 ] || fail "the one that came back is not called over IPv$family"
done
