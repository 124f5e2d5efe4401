#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Traceroute by UDP and by ICMP shows the gateway, the router behind it and the host behind that.
. "$(dirname "$0")/lib.sh"

# method, family
trace() {
	inside front traceroute "$1" -n -q 1 -w 2 -m 5 "$(address far "$2")" |
		awk 'NR > 1 { printf "%s ", $2 }'
}

lab_start
far_start 1500
gateway_start
for method in -U -I; do
	same "the way over IPv4 by $method" "10.0.1.1 192.0.2.10 198.51.100.10 " "$(trace $method 4)"
	same "the way over IPv6 by $method" "fd00:1::1 2001:db8:2::10 2001:db8:9::10 " \
		"$(trace $method 6)"
done
