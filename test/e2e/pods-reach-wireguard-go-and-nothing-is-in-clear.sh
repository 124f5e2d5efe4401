#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# wireguard-go at the partner is a peer of the gateway: pods and what is behind it reach each other
# both ways, both ends tell the same story, and nothing of it is in clear on the wan. What is strict
# and nobody's is refused, in both directions.
. "$(dirname "$0")/lib.sh"

DEV=sl$$

conf() {
	cat <<-EOF
		wireguard : {
			enabled = true; name = "$DEV"; socket_directory = "";
			strict = [ "10.0.0.0/8" ];
			peers = ({ public_key = "$1"; name = "partner"; endpoint = "$PARTNER4:51820";
			           allowed_ips = [ "10.77.0.0/24" ]; });
		};
	EOF
}

wireguard_go_pid() {
	local pid
	for pid in $(ip netns pids "$LAB-partner"); do
		[ "$(cat "/proc/$pid/comm")" != wireguard-go ] || echo "$pid"
	done
}

# the gateway's public key
partner_start() {
	inside partner wireguard-go "$DEV" >/dev/null 2>&1 || skip "wireguard-go does not start here"
	PIDS+=("$(wireguard_go_pid)")
	must inside partner wg set "$DEV" listen-port 51820 private-key "$DIR/key" \
		peer "$1" allowed-ips 10.0.0.0/16 endpoint 192.0.2.1:51871
	inside partner ip address add 10.77.0.1/24 dev "$DEV"
	inside partner ip link set "$DEV" up
	inside partner ip route add 10.0.0.0/16 dev "$DEV"
}

peer() { ctl_json wg show | jq -r ".devices[0].peers[0].$1"; }

command -v wireguard-go >/dev/null && command -v wg >/dev/null || skip "wireguard-go or wg(8) is not installed"
(umask 077 && wg genkey >"$DIR/key")
lab_start
rm "$DIR"/objects/*.yaml
gateway_start "$(conf "$(wg pubkey <"$DIR/key")")"
partner_start "$(ctl_json wg show | jq -r '.devices[0].public_key')"

must inside front ping -q -c 3 -i 0.2 -W 2 10.77.0.1
must inside partner ping -q -c 3 -i 0.2 -W 2 10.0.2.10
must inside front ping -q -c 2 -i 0.2 -W 2 -M "do" -s 1392 10.77.0.1
refused inside front ping -q -c 1 -W 1 -M "do" -s 1393 10.77.0.1
same "the endpoint" "$PARTNER4:51820" "$(peer endpoint)"
same "a session" true "$(peer session)"
inside partner wg show "$DEV" transfer >"$DIR/transfer"
same "bytes sent by the gateway, as both say" "$(cut -f2 "$DIR/transfer")" "$(peer sent)"
same "bytes received by the gateway, as both say" "$(cut -f3 "$DIR/transfer")" "$(peer received)"

# Strict: nobody has 10.78.0.0/16, and 10.77.0.9 in clear is not the peer.
before=$(drops_of ROUTE_PROHIBIT)
refused inside front ping -q -c 1 -W 1 10.78.0.1
[ "$(drops_of ROUTE_PROHIBIT)" -gt "$before" ] || fail "10.78.0.1 is not prohibited"
before=$(drops_of INVALID_SOURCE)
inside partner ip address add 10.77.0.9/32 dev lo
inside partner ip route add 10.0.1.10/32 via 192.0.2.1 src 10.77.0.9
refused inside partner ping -q -c 1 -W 1 -I 10.77.0.9 10.0.1.10
[ "$(drops_of INVALID_SOURCE)" -gt "$before" ] || fail "a source that is strict was taken in clear"
