/* SPDX-License-Identifier: Apache-2.0 */

#include "fastpath/base/ring.h"

#include <errno.h>
#include <string.h>

int ring_open(struct ring *ring, uint32_t size)
{
	uint32_t slots = power_of_two_up(max_u32(size, 2));

	memset(ring, 0, sizeof(*ring));
	ring->slots = calloc(slots, sizeof(*ring->slots));
	if (!ring->slots)
		return -ENOMEM;
	ring->mask = slots - 1;
	return 0;
}

void ring_close(struct ring *ring)
{
	free(ring->slots);
	ring->slots = NULL;
}
