/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * A binary heap of checks by deadline. A check knows its place in it, so that moving a deadline
 * takes no search.
 */

#include <stddef.h>
#include <stdint.h>

struct check;

struct deadlines {
	struct check **heap;
	uint32_t count;
	uint32_t room;
};

#define DEADLINE_NOWHERE UINT32_MAX

void deadlines_free(struct deadlines *d);
/* Puts a check in, or to where its changed deadline belongs. */
void deadline_set(struct deadlines *d, struct check *check, uint64_t deadline_ns);
void deadline_clear(struct deadlines *d, struct check *check);
/* The check that is due first; NULL: there is none. */
struct check *deadline_first(const struct deadlines *d);
