/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* A whole fast path for fuzz targets, and what must hold whatever came in. */

#include "test/lib/rig.h"

/* The network of a conf of the packet scripts, which `change` (NULL: nobody) may change first; tables
 * published. Dies when that cannot be. */
struct rig *fuzz_rig_open(const char *conf, uint32_t workers,
			  void (*change)(struct config *config));

/* What left is as long as its IP header says and can be read again, unless it is a fragment in whose
 * middle nothing can be known or an answer that quotes what could not be read. Forgets it. */
void fuzz_rig_check(struct rig *rig);

/* The end of an input: what waits has had its time, and every buffer is back. */
void fuzz_rig_settle(struct rig *rig);
