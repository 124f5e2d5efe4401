#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A backend that dies gets no new connections within interval times fall, one that comes back gets
# some after rise; by HTTP, gRPC, UDP and ICMP. Neither the health process nor sluiced can die and
# forget what is down, and a drained backend rests until it is told otherwise.
. "$(dirname "$0")/lib.sh"

VIP=198.18.0.1
CONFS=/etc/nginx

lab_start
rm -f "$DIR"/objects/policy.yaml "$DIR"/objects/egress.yaml
[ -d $CONFS ] || skip "nginx is not installed"

# host: nginx that says where it runs
nginx_start() {
	mkdir -p "$DIR/$1"
	cat >"$DIR/$1/nginx.conf" <<-END
		daemon off; error_log $DIR/$1/error.log; pid $DIR/$1/pid; worker_processes 1;
		events { worker_connections 256; }
		http {
			access_log off; client_body_temp_path $DIR/$1; proxy_temp_path $DIR/$1;
			fastcgi_temp_path $DIR/$1; uwsgi_temp_path $DIR/$1; scgi_temp_path $DIR/$1;
			server { listen 8080; location / { return 200 "$1\n"; } }
		}
	END
	spawn "$1" nginx -p "$DIR/$1" -c "$DIR/$1/nginx.conf"
	wait_for 5 inside "$1" curl -s -o /dev/null http://127.0.0.1:8080/ || fail "no nginx in $1"
}

# Master and worker at once: a worker alone would go on.
nginx_kill() {
	local master
	master=$(cat "$DIR/$1/pid")
	# shellcheck disable=SC2046
	kill -9 "$master" $(ps -o pid= --ppid "$master")
}

# address, port, state: as sluicectl says
is_state() { ctl backend list | awk -v b="$1:$2" -v s="$3" '$1 == b && $3 == s { found = 1 } END { exit !found }'; }
checks_known() { ctl_json backend list | jq -e 'length > 0 and all(.[].checks[]; .known)'; }

# So many new connections; the names of those who answered, each once.
callers() {
	local i
	for ((i = 0; i < $1; i++)); do
		inside front curl -s --connect-timeout 1 -m 2 http://$VIP/ || echo nobody
	done | sort -u | tr '\n' ' '
}

grpc_server() {
	cat >"$DIR/health_peer.py" <<-'END'
		import sys, time, pathlib, concurrent.futures, grpc
		state = pathlib.Path(sys.argv[2])
		def check(request, context):
		    return b"\x08" + bytes([int(state.read_text())])
		handler = grpc.method_handlers_generic_handler("grpc.health.v1.Health", {
		    "Check": grpc.unary_unary_rpc_method_handler(check, lambda b: b, lambda b: b)})
		server = grpc.server(concurrent.futures.ThreadPoolExecutor(2), handlers=(handler,))
		server.add_insecure_port("0.0.0.0:" + sys.argv[1])
		server.start()
		time.sleep(600)
	END
	echo 1 >"$DIR/serving"
	spawn partner /usr/bin/python3 "$DIR/health_peer.py" 50051 "$DIR/serving"
	wait_for 10 inside partner sh -c "ss -Hltn | grep -q :50051" || fail "no gRPC server"
}

nginx_start partner
nginx_start stranger
grpc_server
spawn stranger "$PEER" echo 7
ECHO=$SPAWNED
wait_for 5 inside stranger sh -c "ss -Hlun | grep -q :7"

cat >"$DIR/objects/pools.yaml" <<-END
	apiVersion: sluice.io/v1alpha1
	kind: BackendPool
	metadata: {name: web, namespace: shop}
	spec:
	  frontends: [ {address: $VIP, port: 80} ]
	  backends:
	  - {name: a, address: $PARTNER4, port: 8080}
	  - {name: b, address: $STRANGER4, port: 8080}
	  healthCheck: {type: http, path: /healthz, interval: 300ms, timeout: 200ms, rise: 2, fall: 2}
	---
	apiVersion: sluice.io/v1alpha1
	kind: BackendPool
	metadata: {name: rpc, namespace: shop}
	spec:
	  frontends: [ {address: $VIP, port: 81} ]
	  backends: [ {address: $PARTNER4, port: 50051} ]
	  healthCheck: {type: grpc, interval: 200ms, timeout: 200ms, rise: 1, fall: 2}
	---
	apiVersion: sluice.io/v1alpha1
	kind: BackendPool
	metadata: {name: echo, namespace: shop}
	spec:
	  frontends: [ {address: $VIP, port: 7, protocol: UDP} ]
	  backends: [ {address: $STRANGER4, port: 7} ]
	  healthCheck: {type: udp, path: hello, interval: 200ms, timeout: 200ms, rise: 1, fall: 2}
	---
	apiVersion: sluice.io/v1alpha1
	kind: BackendPool
	metadata: {name: ping, namespace: shop}
	spec:
	  frontends: [ {address: $VIP, port: 82} ]
	  backends: [ {address: $PARTNER4, port: 9}, {address: 192.0.2.77, port: 9} ]
	  healthCheck: {type: icmp, interval: 200ms, timeout: 200ms, rise: 1, fall: 2}
END
gateway_start "services : { snat_addresses = [ \"192.0.2.1\" ]; };"
wait_for 10 checks_known || fail "not every check has been made"
same "the health process" up "$(status .health.state)"
wait_for 5 is_state 192.0.2.77 9 down || fail "an address that nobody has is not down"
must is_state $PARTNER4 9 up
must is_state $PARTNER4 50051 up
must is_state $STRANGER4 7 up
same "who answers" "partner stranger " "$(callers 16)"

# ---- one dies ----

/usr/bin/python3 - "$LOG" >"$DIR/stamps" <<-'END' &
	import sys, time
	log = open(sys.argv[1])
	log.seek(0, 2)
	print("ready", flush=True)
	end = time.monotonic() + 20
	down = None
	while time.monotonic() < end:
	    line = log.readline()
	    if not line:
	        time.sleep(0.0005)
	    elif " is down" in line:
	        down = time.monotonic()
	    elif down and "runs:" in line:
	        print(round((time.monotonic() - down) * 1000, 1), flush=True)
	        break
END
PIDS+=($!)
wait_for 10 grep -q ready "$DIR/stamps" || fail "nobody reads the log"
killed=$(now_ms)
nginx_kill partner
wait_for 5 is_state $PARTNER4 8080 down || fail "the dead nginx is not found"
found=$(($(now_ms) - killed))
[ $found -le 3000 ] || fail "it took $found ms to find the dead nginx"
wait_for 5 grep -q '^[0-9]' "$DIR/stamps" || fail "the change did not reach the workers"
note "dead after $found ms (interval 300 ms, fall 2); from known to every worker $(tail -1 "$DIR/stamps") ms"
same "who answers" "stranger " "$(callers 16)"

# ---- what is known outlives processes ----

health=$(status .health.pid)
kill -9 "$health"
wait_for 5 status "select(.health.current and .health.pid != $health) | true" || fail "no new health process"
must is_state $PARTNER4 8080 down
same "who answers" "stranger " "$(callers 8)"
health=$(status .health.pid)
fastpath=$(fastpath_pid)
kill -9 "$SLUICED"
wait_for 5 gone "$SLUICED"
sluiced_start
wait_for 10 healthy || fail "sluiced is not healthy after a new start"
must is_state $PARTNER4 8080 down
same "the health process" "$health" "$(status .health.pid)"
same "the fast path's process" "$fastpath" "$(fastpath_pid)"
same "who answers" "stranger " "$(callers 8)"

# ---- and comes back ----

nginx_start partner
wait_for 5 is_state $PARTNER4 8080 up || fail "the new nginx is not found"
same "who answers" "partner stranger " "$(callers 16)"

# ---- drained by hand, also over a restart ----

must ctl backend drain $STRANGER4:8080 --service shop/web >/dev/null
refused ctl backend drain $STRANGER4:8080 --service shop/web
same "who answers" "partner " "$(callers 8)"
kill "$SLUICED"
wait_for 5 gone "$SLUICED"
sluiced_start
wait_for 10 healthy || fail "sluiced is not healthy after a new start"
must is_state $STRANGER4 8080 drained
same "who answers" "partner " "$(callers 8)"
refused ctl backend undrain $STRANGER4
must ctl backend undrain $STRANGER4:8080 --service shop/web >/dev/null
same "who answers" "partner stranger " "$(callers 16)"

# ---- gRPC that does not serve, UDP that is closed ----

echo 2 >"$DIR/serving"
kill "$ECHO"
wait_for 5 is_state $PARTNER4 50051 down || fail "a gRPC server that does not serve is not down"
wait_for 5 is_state $STRANGER4 7 down || fail "a closed UDP port is not down"
ctl backend list | grep -q "grpc down.*NOT_SERVING" || fail "the reason is not told"
echo 1 >"$DIR/serving"
wait_for 5 is_state $PARTNER4 50051 up || fail "a gRPC server that serves again is not up"

gateway_stop
wait_for 5 gone "$health" || fail "the health process is still there after shutdown"
