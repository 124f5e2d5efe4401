/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Promises between our own functions. CHECK is always on and for code off the packet path,
 * DCHECK is compiled only with -DDEBUG and may stand on it. Neither is ever used on what a
 * packet, a peer or the control process sent: that is refused, not asserted.
 */

#include <stdio.h>
#include <stdlib.h>

#include "fastpath/base/attr.h"

#define CHECK(cond)                                                                              \
	do {                                                                                     \
		if (unlikely(!(cond))) {                                                         \
			(void)fprintf(stderr, "%s:%d: broken promise: %s\n", __FILE__, __LINE__, \
				      #cond);                                                    \
			abort();                                                                 \
		}                                                                                \
	} while (0)

#ifdef DEBUG
#define DCHECK(cond) CHECK(cond)
#else
#define DCHECK(cond) ((void)sizeof(cond))
#endif
