#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Echo requests of one frame and of three fragments are answered, in both families.
. "$(dirname "$0")/lib.sh"

lab_start
gateway_start
for family in $(families); do
	for size in 56 4000 20000; do
		must inside front ping -q -c 5 -i 0.05 -W 2 -s $size "$(address partner "$family")" \
			>"$DIR/ping"
	done
done
