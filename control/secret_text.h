/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Text that may hold keys: it grows without leaving copies behind, and is wiped when it goes.
 */

#include <stddef.h>

#include "fastpath/base/attr.h"

struct secret_text {
	char *bytes; /* with a zero behind them; NULL: nothing yet */
	size_t size;
	size_t room;
};

void secret_append(struct secret_text *text, const void *bytes, size_t size);
void PRINTF(2, 3) secret_print(struct secret_text *text, const char *format, ...);
/* Room for so much more, into which `bytes + size' may be written. */
void secret_reserve(struct secret_text *text, size_t more);
/* Takes the first bytes away. */
void secret_consume(struct secret_text *text, size_t size);
void secret_free(struct secret_text *text);

/* A whole file of at most `most' bytes. 0, or -errno (-EFBIG). */
int secret_read(const char *path, size_t most, struct secret_text *out);
