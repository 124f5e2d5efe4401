#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Clients outside that have one IP version alone use servers in a pod that have the other one: nginx
# and curl, a large file, iperf3, datagrams of every size, and a path that is narrower than it seems.
. "$(dirname "$0")/lib.sh"

command -v nginx >/dev/null || skip "no nginx here"

VIP6=2001:db8:64::64 VIP4=203.0.113.64

# name, address, family of the backend, its address
service() {
	cat <<-YAML
		---
		apiVersion: v1
		kind: Service
		metadata: {name: $1, namespace: shop}
		spec:
		  type: LoadBalancer
		  ports:
		  - {name: http, protocol: TCP, port: 80, targetPort: 8080}
		  - {name: echo, protocol: TCP, port: 7, targetPort: 7}
		  - {name: echo-udp, protocol: UDP, port: 7, targetPort: 7}
		  - {name: iperf, protocol: TCP, port: 5201, targetPort: 5201}
		status: {loadBalancer: {ingress: [{ip: "$2"}]}}
		---
		apiVersion: discovery.k8s.io/v1
		kind: EndpointSlice
		metadata: {name: $1-a, namespace: shop, labels: {kubernetes.io/service-name: $1}}
		addressType: IPv$3
		ports:
		- {name: http, protocol: TCP, port: 8080}
		- {name: echo, protocol: TCP, port: 7}
		- {name: echo-udp, protocol: UDP, port: 7}
		- {name: iperf, protocol: TCP, port: 5201}
		endpoints:
		- {addresses: ["$4"], conditions: {ready: true}}
	YAML
}

nginx_start() {
	mkdir -p "$DIR/www"
	test_bytes 20 >"$DIR/www/large"
	echo hello >"$DIR/www/index.html"
	chmod -R a+rX "$DIR"
	cat >"$DIR/nginx.conf" <<-CONF
		daemon off; pid $DIR/nginx.pid; error_log $DIR/nginx.log; worker_processes 1;
		events { }
		http {
			access_log $DIR/access.log;
			server { listen 8080; listen [::]:8080; root $DIR/www; }
		}
	CONF
	spawn front nginx -c "$DIR/nginx.conf"
	wait_for 5 inside front "$PEER" probe 8080 || fail "nginx does not listen: $(cat "$DIR/nginx.log")"
}

# The client's version, and the service as curl and others write it.
vip() { if [ "$1" = 6 ]; then echo "$VIP6"; else echo "$VIP4"; fi; }
vip_url() { if [ "$1" = 6 ]; then echo "http://[$VIP6]"; else echo "http://$VIP4"; fi; }

lab_start
{
	service to4 $VIP6 4 10.0.1.10
	service to6 $VIP4 6 fd00:1::10
} >"$DIR/objects/families.yaml"
far_start 1300
inside partner ip route add $VIP4/32 via 192.0.2.1
inside partner ip route add $VIP6/128 via 2001:db8:2::1
gateway_start
nginx_start
echoes front 7
spawn front iperf3 -s >/dev/null
for family in 6 4; do
	same "what curl reads over IPv$family" hello \
		"$(inside partner curl -s -m 10 "$(vip_url $family)/")"
	same "a large file over IPv$family" "$(md5sum <"$DIR/www/large")" \
		"$(inside partner curl -s -m 60 "$(vip_url $family)/large" | md5sum)"
	for size in 5 1200 1400 3000 20000; do
		must inside partner "$PEER" udp "$(vip $family)" 7 $size >/dev/null
	done
	must inside partner ping -c 1 -W 2 "$(vip $family)" >/dev/null
	wait_for 5 inside front sh -c "ss -Hltn | grep -q 5201" || fail "iperf3 does not listen"
	mbits=$(inside partner timeout 20 iperf3 -J -t 1 -c "$(vip $family)" |
		jq '.end.sum_received.bits_per_second / 1e6 | round')
	[ "${mbits:-0}" -gt 10 ] || fail "iperf3 over IPv$family: $mbits Mbit/s"
	note "from IPv$family: one TCP stream, $mbits Mbit/s"
	# The far host's link is narrower than it knows: routers' errors must reach the server.
	same "a large file for the far host over IPv$family" "$(md5sum <"$DIR/www/large")" \
		"$(inside far curl -s -m 60 "$(vip_url $family)/large" | md5sum)"
done
same "datagrams dropped" 0 "$(drops_of NO_TRANSLATION)"
