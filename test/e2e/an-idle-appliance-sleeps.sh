#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Without traffic, sluiced and sluice-fastpath hardly use a CPU.
. "$(dirname "$0")/lib.sh"

ticks() { awk '{ print $14 + $15 }' "/proc/$1/stat"; }

lab_start
gateway_start
sleep 1
fastpath=$(fastpath_pid)
before=$(($(ticks "$fastpath") + $(ticks "$SLUICED")))
sleep 5
used=$(($(ticks "$fastpath") + $(ticks "$SLUICED") - before))
percent=$((used * 100 / (5 * $(getconf CLK_TCK))))
note "$used ticks in five seconds, $percent % of a core"
[ "$percent" -le 10 ] || fail "an idle appliance uses $percent % of a core"
