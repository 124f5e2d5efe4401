#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# With nat.udp_mapping = "endpoint_independent", a STUN server with two addresses sees one mapping
# for all remotes. (By default a port is kept where it is free, so that few clients may see the same.)
. "$(dirname "$0")/lib.sh"

command -v turnserver >/dev/null || skip "turnserver is not installed (package coturn)"
command -v turnutils_natdiscovery >/dev/null || skip "turnutils_natdiscovery is not installed"

behaviour() {
	inside front timeout 20 turnutils_natdiscovery -m -L 10.0.1.10 $PARTNER4 >"$DIR/stun" 2>&1
	grep -o 'Endpoint Independent Mapping\|Address and Port Dependent Mapping\|Address Dependent Mapping' \
		"$DIR/stun" | head -1
}

lab_start
inside partner ip address add 192.0.2.11/24 dev eth0
sed -i 's|192.0.2.10/32|192.0.2.10/31|' "$DIR/objects/policy.yaml"
gateway_start 'nat : { udp_mapping = "endpoint_independent"; };'
spawn partner turnserver -n -L 192.0.2.10 -L 192.0.2.11 --stun-only --no-auth --no-cli \
	--no-tls --no-dtls --log-file "$DIR/turn.log" --pidfile "$DIR/turn.pid" --simple-log >/dev/null 2>&1
wait_for 5 inside partner sh -c "ss -Hlun | grep -q 192.0.2.11:3479" || skip "turnserver does not start"
for _ in 1 2 3 4 5; do
	same "the mapping" "Endpoint Independent Mapping" "$(behaviour)"
done
