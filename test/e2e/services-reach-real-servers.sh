#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Real clients reach real servers behind a load balancer's address, a node port and a cluster
# address: HTTP, UDP and SCTP, both families; backends see the gateway's address, or the client's
# where the service is local; a client with affinity stays with its backend.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/service-lab"

POD4A=10.0.1.10 POD6A=fd00:1::10 POD4B=10.0.2.10 POD6B=fd00:2::10
pods=("$POD4A" "$POD6A" "$POD4B" "$POD6B")

service_lab_start
{
	balancer web "clusterIPs: [$CLUSTER4, '$CLUSTER6'], ports: [{name: http, port: 80, nodePort: 30080}]"
	slices web http 8080 "${pods[@]}"
	balancer near "externalTrafficPolicy: Local, ports: [{name: http, port: 81}]"
	slices near http 8080 "${pods[@]}"
	balancer sticky "sessionAffinity: ClientIP, ports: [{name: http, port: 82}]"
	slices sticky http 8080 "${pods[@]}"
	balancer echo "ports: [{name: echo, port: 7, protocol: UDP, targetPort: 7000}]"
	SLICE_PROTO=UDP slices echo echo 7000 "${pods[@]}"
	balancer speed "ports: [{name: iperf, port: 5201}]"
	slices speed iperf 5201 "$POD4B" "$POD6B"
	balancer sctp "ports: [{name: discard, port: 9, protocol: SCTP}]"
	SLICE_PROTO=SCTP slices sctp discard 9 "$POD4A"
} >"$DIR/objects/services.yaml"
for pod in front batch; do
	nginx_start $pod
	echoes $pod 7000
done
spawn batch iperf3 -s >/dev/null
gateway_start "$SNAT_CONF"

for family in $(families); do
	node=NODE$family
	client=$(address stranger "$family")
	both="batch ${!node}
front ${!node}"

	same "answers of the VIP over IPv$family" "$both" "$(answers stranger "$(service_url VIP "$family" 80)" 16)"
	same "answers of the node port over IPv$family" "$both" \
		"$(answers stranger "$(service_url NODE "$family" 30080)" 16)"
	same "who answers a pod at the cluster address over IPv$family" "batch front" \
		"$(answers front "$(service_url CLUSTER "$family" 80)" 16 | cut -d' ' -f1 | xargs)"
	refused inside stranger curl -s -m 1 "$(service_url CLUSTER "$family" 80)"
	same "answers of the local service over IPv$family" "batch $client
front $client" "$(answers stranger "$(service_url VIP "$family" 81)" 16)"
	same "how many answer one client with affinity" 1 \
		"$(answers stranger "$(service_url VIP "$family" 82)" 16 | wc -l)"

	vip=VIP$family
	must inside stranger ping -c 1 -W 2 "${!vip}" >/dev/null
	from=$(now_ms)
	refused inside stranger curl -s -m 5 "$(service_url VIP "$family" 83)"
	[ $(($(now_ms) - from)) -lt 2000 ] || fail "a port of the VIP without a service is not refused at once"
	for size in 5 1200 1472; do
		answer=$(inside stranger "$PEER" udp "${!vip}" 7 $size) ||
			fail "no answer to $size bytes over UDP and IPv$family"
		same "the source of a datagram" "${!node}" "${answer% *}"
	done

	inside stranger wrk -t 1 -c 20 -d 3 "$(service_url VIP "$family" 80)" >"$DIR/wrk" 2>&1 ||
		fail "wrk: $(cat "$DIR/wrk")"
	! grep -E "Socket errors|Non-2xx" "$DIR/wrk" || fail "wrk saw errors: $(cat "$DIR/wrk")"
	inside stranger timeout 30 iperf3 -J -t 2 -c "${!vip}" >"$DIR/iperf" || fail "iperf3: $(tail -3 "$DIR/iperf")"
	note "IPv$family: wrk $(awk '/Requests.sec/ { print $2 }' "$DIR/wrk") requests/s, iperf3" \
		"$(jq '.end.sum_received.bits_per_second / 1e6 | round' "$DIR/iperf") Mbit/s"
done
[ "$(drops_of SERVICE_INSIDE_ONLY)" -gt 0 ] || fail "calls of the cluster address from outside have no name"
[ "$(drops_of SERVICE_NO_PORT)" -gt 0 ] || fail "calls of a port without a service have no name"

# The stack offers every address it has to its peer: one is enough.
programs=/usr/lib/usrsctp
[ -x $programs/discard_server ] || exit 0
inside front ip -6 address flush dev eth0
inside stranger ip -6 address flush dev eth0
spawn front $programs/discard_server >"$DIR/sctp-server" 2>&1
wait_for 5 inside front sh -c "ss -Hlw | grep -q sctp" || sleep 1
(sleep 1 && echo hello && sleep 1) |
	inside stranger timeout 10 $programs/client $VIP4 9 >"$DIR/sctp-client" 2>&1
grep -q "Msg of length 6 received from .*$NODE4" "$DIR/sctp-server" ||
	fail "the SCTP message did not arrive: $(cat "$DIR/sctp-client" "$DIR/sctp-server")"
