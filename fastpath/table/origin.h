/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Which object decided. The packet path only carries its numbers; control/ has the words. */

#include "fastpath/table/generation.h"

struct origin_table {
	struct table table;
	uint32_t count;
	uint32_t string_size; /* of the words, which are not kept */
};

int origin_build(const struct image_header *image, struct table **out);
