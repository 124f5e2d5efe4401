/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Long answers: rows in a memfd that rides beside the reply, sealed.
 */

#include <stddef.h>
#include <stdint.h>

struct agent_call;

struct rows {
	int fd;
	uint64_t count;
	uint64_t size;
	int err; /* the first failure; later rows are not written */
};

int rows_open(struct rows *rows, const char *name);
/* `count` rows of `size` bytes together. */
void rows_add(struct rows *rows, const void *bytes, size_t size, uint64_t count);
/* Makes them the reply. 0 or -errno; either way the rows are gone. */
int rows_reply(struct rows *rows, struct agent_call *call);
