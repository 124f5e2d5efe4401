#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Traffic passes while the gateway's kernel has forwarding off and its forward hook sees nothing.
. "$(dirname "$0")/lib.sh"

lab_start
inside gw nft -f - <<-EOF
	table inet watch {
		counter forwarded { }
		counter arrived { }
		chain forward { type filter hook forward priority 0; counter name forwarded; }
		chain input { type filter hook input priority 0; meta l4proto { tcp, udp } counter name arrived; }
	}
EOF
gateway_start
web partner
for family in $(families); do
	for _ in 1 2 3 4 5; do
		same "front at the partner" "$(address front-leaves "$family")" \
			"$(seen_from front partner "$family")"
	done
done
for counter in forwarded arrived; do
	same "packets $counter in the kernel" 0 "$(inside gw nft -j list counter inet watch $counter |
		jq '.nftables[] | select(.counter) | .counter.packets')"
done
same "ip_forward" 0 "$(inside gw sysctl -n net.ipv4.ip_forward)"
same "IPv6 forwarding" 0 "$(inside gw sysctl -n net.ipv6.conf.all.forwarding)"
