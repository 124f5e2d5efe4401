/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Memory that is freed all at once, and one copy of each string in it.
 *
 * One owner, one thread. Nothing in an arena moves, so pointers into it hold until it is
 * emptied or freed.
 */

#include <stddef.h>

struct arena;
struct strings;

/* NULL when there is no memory. */
struct arena *arena_open(void);
/* One that begins with as little as `size` bytes: for those that there are many of. */
struct arena *arena_open_small(size_t size);
/* Zeroed and aligned for any type; NULL when there is no memory or count * size overflows. */
void *arena_array(struct arena *arena, size_t count, size_t size);
/* `size` bytes and a final zero. */
char *arena_text(struct arena *arena, const char *text, size_t size);
/* Forgets what was allocated, keeps a little memory for what comes next. */
void arena_empty(struct arena *arena);
void arena_free(struct arena *arena);

/* The table lives outside the arena, the texts in it. */
struct strings *strings_open(struct arena *arena);
/* Equal texts give equal pointers. NULL when there is no memory. */
const char *strings_intern(struct strings *strings, const char *text, size_t size);
void strings_free(struct strings *strings);
