#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# wg(8) from Debian shows the device, adds, changes and removes peers while it runs, and what it
# changed is there again after kill -9 of sluiced. A second sluiced leaves the socket alone. The ports
# are memory: this is about control alone.
. "$(dirname "$0")/lib.sh"

WG=sl$$
NODE_KEY=TrMvSoP4jYQlY6RIzBgbssQqY3vxI2Pi+y71lOWWXX0=
CONF_KEY=xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=

# the run directory
wg_conf() {
	cat <<-EOF
		node = "gw-1";
		paths : { objects = "objects"; run = "$1"; };
		workers : { count = 1; };
		sizes : { flows = 16384; };
		ports = (
			{ name = "pods"; io = "mem"; mac = "02:00:00:00:00:01"; addresses = [ "10.0.1.1/24" ]; },
			{ name = "wan"; io = "mem"; mac = "02:00:00:00:00:02"; addresses = [ "192.0.2.1/24" ]; }
		);
		static : { routes = ({ prefix = "0.0.0.0/0"; port = "wan"; gateway = "192.0.2.254"; }); };
		wireguard : {
			enabled = true;
			name = "$WG";
			strict = [ "10.0.0.0/8" ];
			peers = ({ public_key = "$CONF_KEY"; endpoint = "192.0.2.7:51820";
			           allowed_ips = [ "10.0.7.0/24" ]; });
		};
	EOF
}

start() {
	"$BIN/sluiced" -c "$CONF" >>"$LOG" 2>&1 </dev/null &
	SLUICED=$!
	disown
	wait_for 15 healthy || fail "sluiced is not healthy"
}

# what it should be, and the rest: a question to wg
wg_says() {
	local expected=$1
	shift
	same "what wg $* says" "$expected" "$(wg "$@" 2>&1)"
}

way() { ctl explain 10.0.1.5 "$1" udp/9 | sed -n 's/^ *route *//p'; }

command -v wg >/dev/null || skip "wg(8) is not installed"
mkdir -p "$DIR/objects"
cat >"$DIR/objects/node.yaml" <<-EOF
	apiVersion: cilium.io/v2
	kind: CiliumNode
	metadata:
	  name: node-2
	  annotations: {network.cilium.io/wg-pub-key: $NODE_KEY}
	spec:
	  addresses: [{type: InternalIP, ip: 192.0.2.2}]
	  ipam: {podCIDRs: [10.0.2.0/24]}
EOF
wg_conf "$RUN" >"$CONF"
start

own=$(wg pubkey <"$RUN/wireguard.key")
wg_says "$own" show "$WG" public-key
wg_says 51871 show "$WG" listen-port
wg_says "$NODE_KEY	10.0.2.0/24
$CONF_KEY	10.0.7.0/24" show "$WG" allowed-ips
wg_says "$NODE_KEY	192.0.2.2:51871
$CONF_KEY	192.0.2.7:51820" show "$WG" endpoints
same "the key that sluicectl shows" "$own" "$(ctl_json wg show | jq -r '.devices[0].public_key')"
ctl wg show | grep -q "from: CiliumNode, .*objects/node.yaml:1" || fail "sluicectl does not say which node"

# added, with a secret
peer=$("$BIN/sluicectl" wg genkey | "$BIN/sluicectl" wg pubkey)
(umask 077 && wg genpsk >"$DIR/psk")
must wg set "$WG" peer "$peer" preshared-key "$DIR/psk" endpoint '[2001:db8::9]:5555' \
	persistent-keepalive 25 allowed-ips 10.0.9.0/24,10.0.7.0/24
wg show "$WG" preshared-keys | grep -qx "$peer	$(cat "$DIR/psk")" || fail "not the preshared key"
wg show "$WG" allowed-ips | grep -qx "$CONF_KEY	(none)" || fail "10.0.7.0/24 did not move"
[[ $(way 10.0.9.1) == *"out by $WG" ]] || fail "no route to the peer: $(way 10.0.9.1)"
[[ $(way 10.0.3.1) == *prohibit ]] || fail "what is strict is open: $(way 10.0.3.1)"

# removed, and a port that is not said is found
must wg set "$WG" listen-port 0 peer "$NODE_KEY" remove
[[ $(way 10.0.2.1) == *prohibit ]] || fail "the removed peer has a route: $(way 10.0.2.1)"
port=$(wg show "$WG" listen-port)
[ "$port" != 0 ] && [ "$port" != 51871 ] || fail "listen port $port"
refused wg set "$WG" peer "$peer" allowed-ips 10.0.9.0/33

# what it keeps is for root alone, and nobody else says a secret
same "modes of files with keys" "600 600" \
	"$(stat -c %a "$RUN/wireguard.key" "$RUN/wireguard.changes" | tr '\n' ' ' | sed 's/ $//')"
secret=$(base64 -d <"$DIR/psk" | od -An -tx1 | tr -d ' \n')
must grep -q "$secret" "$RUN/wireguard.changes"
{ cat "$LOG" && ctl wg show && ctl_json wg show && ctl_json status && ctl explain 10.0.1.5 10.0.9.1 udp/9; } >"$DIR/told"
! grep -qF -e "$(cat "$DIR/psk")" -e "$secret" -e "$(cat "$RUN/wireguard.key")" "$DIR/told" || fail "a secret was told"

# a second sluiced
mkdir "$DIR/second"
wg_conf "$DIR/second" >"$DIR/second.conf"
"$BIN/sluiced" -c "$DIR/second.conf" >"$DIR/second.log" 2>&1 && fail "two serve one socket"
grep -q "$WG.sock: another process serves this WireGuard device" "$DIR/second.log" ||
	fail "the second says $(cat "$DIR/second.log")"

before=$(wg show "$WG" dump)
kill -9 "$SLUICED"
wait_for 5 gone "$SLUICED"
start
# A peer with a keepalive is spoken to meanwhile: bytes count on.
same "the device after kill -9" "$(cut -f1-4 <<<"$before")" "$(wg show "$WG" dump | cut -f1-4)"

# from a file
wg showconf "$WG" >"$DIR/wg.conf"
must wg setconf "$WG" "$DIR/wg.conf"
same "the device after setconf of its own" "$(cut -f1-4 <<<"$before")" "$(wg show "$WG" dump | cut -f1-4)"
must wg syncconf "$WG" <(printf '[Interface]\nListenPort = 7\nPrivateKey = %s\n' "$(cat "$RUN/wireguard.key")")
wg_says "" show "$WG" peers
wg_says 7 show "$WG" listen-port

# and back
must ctl wg reset
wg_says "$NODE_KEY	10.0.2.0/24
$CONF_KEY	10.0.7.0/24" show "$WG" allowed-ips
wg_says "$own" show "$WG" public-key
