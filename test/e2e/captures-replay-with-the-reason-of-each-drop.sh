#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What a pod sent is captured and run again by sluice-replay, without root or network: it says which
# packets are dropped and why, and writes those that leave, translated.
. "$(dirname "$0")/lib.sh"

mac() { inside "$1" cat "/sys/class/net/$2/address"; }

static_conf() {
	cat >"$DIR/replay.conf" <<-EOF
		node = "gw-1";
		paths : { objects = "objects"; run = "$DIR/replay-run"; };
		ports = (
			{ name = "pod-a"; io = "pcap"; mac = "$(mac gw pod-a)";
			  addresses = [ "10.0.1.1/24", "fd00:1::1/64" ]; },
			{ name = "wan"; io = "pcap"; mac = "$(mac gw wan)";
			  addresses = [ "192.0.2.1/24", "2001:db8:2::1/64" ]; }
		);
		static : { neighbours = (
			{ address = "$PARTNER4"; port = "wan"; mac = "$(mac partner eth0)"; },
			{ address = "$PARTNER6"; port = "wan"; mac = "$(mac partner eth0)"; }
		); };
	EOF
}

lab_start
gateway_start
web partner
spawn front tcpdump --immediate-mode -U -ni eth0 -Q out -w "$DIR/pod-a.pcap" tcp
capture=$SPAWNED
wait_for 5 test -s "$DIR/pod-a.pcap" || fail "tcpdump does not start"
for family in $(families); do
	seen_from front partner "$family" >/dev/null
	refused inside front curl -s --connect-timeout 0.5 "$(url stranger "$family")"
done
sleep 0.2
kill "$capture"
wait "$capture" 2>/dev/null
static_conf
mkdir "$DIR/out"
chmod -R go+rX "$DIR"
chmod 777 "$DIR/out"
cp "$BIN"/sluice* "$BIN/steer.bpf.o" "$DIR"
setpriv --reuid 65534 --regid 65534 --clear-groups "$DIR/sluice-replay" -c "$DIR/replay.conf" \
	--objects "$DIR/objects" --in pod-a="$DIR/pod-a.pcap" --out "$DIR/out" \
	>"$DIR/drops" 2>"$DIR/summary" || fail "sluice-replay: $(cat "$DIR/summary")"
for family in $(families); do
	same "drops over IPv$family" 1 "$(jq -r --arg dst "$(address stranger "$family")" 'select(.dst == $dst
		and .reason == "POLICY_EGRESS" and (.object | contains("shop/front-to-partner"))) | 1' "$DIR/drops")"
	tcpdump -nr "$DIR/out/wan.pcap" "src host $(address front-leaves "$family") and tcp port 80" \
		>"$DIR/left" 2>/dev/null
	[ -s "$DIR/left" ] || fail "nothing leaves translated over IPv$family"
done
same "untranslated packets" "" "$(tcpdump -nr "$DIR/out/wan.pcap" 'net 10.0.0.0/8 or net fd00::/8' 2>/dev/null)"
note "$(tail -1 "$DIR/summary")"
