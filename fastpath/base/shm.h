/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * A named piece of memory that outlives the process.
 */

#include <stdbool.h>
#include <stddef.h>

struct shm {
	void *memory;
	size_t size;
	int fd;
	bool kept; /* it was there, with this size: what is in it may be believed if it says so */
};

/*
 * Maps `size` bytes called `name` ("/sluice-demo"), creating them or cutting them to size; new
 * bytes are zero. NULL name: private memory. The mapping is locked for this process: -EBUSY
 * when another one has it. 0 or -errno.
 */
int shm_map(const char *name, size_t size, struct shm *out);
/* Forgets what was kept: all bytes zero again. */
void shm_clear(struct shm *shm);
void shm_unmap(struct shm *shm);
int shm_remove(const char *name);
