#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# TCP through the gateway: the checksum of a gigabyte is the same at both ends, in both families.
. "$(dirname "$0")/lib.sh"

lab_start
gateway_start
for family in $(families); do
	from=$(now_ms)
	transfer_start 1024 front partner "$family"
	wait "$SENDER"
	took=$(($(now_ms) - from))
	transfer_end
	note "IPv$family: 1 GiB in $took ms, $((1073741824 * 8 / took / 1000)) Mbit/s"
done
