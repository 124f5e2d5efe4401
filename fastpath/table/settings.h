/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Numbers from the conf, in the units of the packet path. */

#include "fastpath/table/generation.h"

struct settings_table {
	struct table table;
	struct image_settings image;
	uint32_t timeout_ticks[TIMEOUT_CLASSES];
	uint64_t fragment_ns;
	uint64_t neighbour_ns;
};

int settings_build(const struct image_header *image, struct table **out);
