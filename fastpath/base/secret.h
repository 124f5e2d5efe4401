/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Memory for keys: whole pages of zeroes that are in no core dump, wiped before they go back.
 * Pages that are never touched take no memory.
 */

#include <stddef.h>

/* NULL: there is none. */
void *secret_alloc(size_t size);
/* `size` as it was asked for; NULL is nothing. */
void secret_free(void *memory, size_t size);
