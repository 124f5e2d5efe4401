#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Two gateways with one seed: a call finds the same backend through either, and connections move
# from one to the other in their midst, when routes change, without a word between the gateways.
# The first gateway's wire is cut then, so that nothing can still go through it.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/service-lab"

SECOND4=192.0.2.2 SECOND6=2001:db8:2::2
RUN2=$RUN-2
CTL2=("$BIN/sluicectl" -s "$RUN2/sluiced.sock")

second_stop() {
	local status=$?
	"${CTL2[@]}" shutdown >/dev/null 2>&1
	[ -z "${SLUICED2:-}" ] || wait_for 5 gone "$SLUICED2" || kill -9 "$SLUICED2" 2>/dev/null
	if [ $status != 0 ] && [ -e "$DIR/second.log" ]; then
		echo "---- the end of the second sluiced's log" >&2
		tail -20 "$DIR/second.log" >&2
	fi
	[ ! -e "/run/netns/$LAB-gw2" ] || ip netns delete "$LAB-gw2"
	rm -rf "$RUN2" "/dev/shm/${RUN2##*/}"
	(exit $status)
	on_exit
}
trap second_stop EXIT

second_healthy() { "${CTL2[@]}" -o json status | jq -er .healthy; }

# One wire to where clients and backends are; the same pools.
second_start() {
	ip netns add "$LAB-gw2"
	inside gw2 ip link set lo up
	inside gw2 sysctl -qw net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0
	inside gw2 sysctl -qw net.ipv4.ip_forward=0 net.ipv6.conf.all.forwarding=0
	ip link add name wan netns "$LAB-gw2" numrxqueues 2 numtxqueues 2 \
		type veth peer name gw2 netns "$LAB-bridge" numrxqueues 2 numtxqueues 2
	inside gw2 ethtool -K wan tx off tso off gso off gro off sg off >/dev/null 2>&1
	inside bridge ethtool -K gw2 tx off tso off gso off gro off sg off >/dev/null 2>&1
	inside gw2 ip link set wan up
	inside bridge ip link set gw2 up master br0
	inside gw2 ip address add $SECOND4/24 dev wan
	inside gw2 ip address add $SECOND6/64 dev wan nodad
	mkdir "$DIR/objects2"
	cp "$DIR/objects/pools.yaml" "$DIR/objects2/"
	cat >"$DIR/second.conf" <<-END
		node = "gw-2";
		paths : { objects = "objects2"; run = "$RUN2"; };
		workers : { count = 2; };
		sizes : { flows = 16384; };
		ports = ( { name = "wan"; interface = "wan"; } );
		services : { snat_addresses = [ "$SECOND4", "$SECOND6" ]; };
	END
	ip netns exec "$LAB-gw2" "$BIN/sluiced" -c "$DIR/second.conf" >"$DIR/second.log" 2>&1 </dev/null &
	SLUICED2=$!
	disown
	wait_for 15 second_healthy || fail "the second sluiced is not healthy"
}

# The way to the services; and back from the backends, which answer as themselves.
clients_through() {
	inside stranger ip route replace 198.18.0.0/24 via "$1"
	inside stranger ip route replace 2001:db8:18::/64 via "$2"
}
backends_through() {
	inside partner ip route replace $STRANGER4/32 via "$1"
	inside partner ip route replace $STRANGER6/128 via "$2"
}

# family: who answers calls from 32 ports, in their order
answers_by_port() {
	local vip=VIP$1
	inside stranger "$PEER" ports "${!vip}" 80 20001 32
}

moved() { [ "$("${CTL2[@]}" -o json flows list | flows_of)" -ge 22 ]; }
flows_of() { jq '[.[] | select(.proto == "tcp" and .state != "CLOSED")] | length'; }

service_lab_start
for port in 8080 8081 8082 8083; do
	nginx_start partner $port
done
spawn partner "$PEER" both 7000 7001 7002
wait_for 5 inside partner "$PEER" probe 7002 || fail "no echo servers"
for family in 4 6; do
	vip=VIP$family backend=PARTNER$family
	cat <<-END
		---
		apiVersion: sluice.io/v1alpha1
		kind: BackendPool
		metadata: {name: web-$family}
		spec:
		  forwardingMode: direct
		  frontends: [{address: '${!vip}', port: 80}]
		  backends:
		$(for port in 8080 8081 8082 8083; do echo "  - {address: '${!backend}', port: $port}"; done)
		---
		apiVersion: sluice.io/v1alpha1
		kind: BackendPool
		metadata: {name: echo-$family}
		spec:
		  forwardingMode: direct
		  frontends: [{address: '${!vip}', port: 7}]
		  backends:
		$(for port in 7000 7001 7002; do echo "  - {address: '${!backend}', port: $port}"; done)
	END
done >"$DIR/objects/pools.yaml"
gateway_start "$SNAT_CONF"
second_start
backends_through $NODE4 $NODE6

for family in $(families); do
	answers_by_port "$family" >"$DIR/first$family"
done
clients_through $SECOND4 $SECOND6
backends_through $SECOND4 $SECOND6
for family in $(families); do
	same "who answers through the second gateway over IPv$family" \
		"$(cat "$DIR/first$family")" "$(answers_by_port "$family")"
	[ "$(sort -u "$DIR/first$family" | grep -c partner)" = 4 ] || fail "not all backends answer: $(sort -u "$DIR/first$family")"
done
clients_through $NODE4 $NODE6
backends_through $NODE4 $NODE6

# ---- connections move ----

for family in $(families); do
	inside stranger curl -s -o /dev/null --limit-rate 8M -w '%{http_code} %{size_download}\n' \
		"$(service_url VIP "$family" 80)large" >"$DIR/download$family" &
	downloads+=($!)
done
hold_open stranger $VIP4 7 20
sleep 1
# The clients' packets first: they tell the second gateway whose answers will come. The first one
# does not see what those answers are about any more, and drops some; TCP sends them again.
clients_through $SECOND4 $SECOND6
sleep 0.1
backends_through $SECOND4 $SECOND6
inside gw ip link set wan down
hold_ask "check 5"
same "connections that go through the second gateway" "alive 20" "$ANSWER"
# A download moves with its next packet, which may wait for TCP to send again.
wait_for 10 moved || fail "fewer than 22 connections are on the second gateway"
for family in 4 6; do
	wait "${downloads[family / 2 - 2]}" || fail "the download over IPv$family broke"
	same "the download over IPv$family" "200 $LARGE_SIZE" "$(cat "$DIR/download$family")"
done
hold_close
note "two downloads and 20 connections moved, of four and three backends; 64 calls found the same backend through both"
