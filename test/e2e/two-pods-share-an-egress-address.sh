#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Two pods that leave by one address, from the same source port to the same server at the same time,
# are kept apart.
. "$(dirname "$0")/lib.sh"

# pod, family: from port 5000
client() {
	spawn "$1" socat -u "TCP$2:$(bracketed partner "$2"):80,sourceport=5000,reuseaddr" \
		"CREATE:$DIR/$1$2"
}

lab_start
sed -i 's/192\.0\.2\.102/192.0.2.101/; s/2001:db8:2::102/2001:db8:2::101/' "$DIR/objects/egress.yaml"
gateway_start
echoes partner 80
for family in $(families); do
	client front "$family"
	client batch "$family"
	wait_for 5 test -s "$DIR/front$family" || fail "front is not served over IPv$family"
	wait_for 5 test -s "$DIR/batch$family" || fail "batch is not served over IPv$family"
	read -r front front_port <"$DIR/front$family"
	read -r batch batch_port <"$DIR/batch$family"
	same "front's address" "$(address front-leaves "$family")" "$front"
	same "batch's address" "$(address front-leaves "$family")" "$batch"
	[ "$front_port" != "$batch_port" ] || fail "both have port $front_port"
done
