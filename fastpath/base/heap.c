/* SPDX-License-Identifier: Apache-2.0 */

#include "fastpath/base/heap.h"

#include <malloc.h>

void heap_keep(void)
{
	(void)mallopt(M_MMAP_THRESHOLD, HEAP_KEEP);
	(void)mallopt(M_TRIM_THRESHOLD, HEAP_KEEP);
}
