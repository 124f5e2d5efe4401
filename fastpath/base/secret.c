/* SPDX-License-Identifier: Apache-2.0 */

#include "fastpath/base/secret.h"

#include <string.h>
#include <sys/mman.h>

#include "fastpath/base/attr.h"

#define PAGE 4096u

void *secret_alloc(size_t size)
{
	size_t pages = align_up(size ? size : 1, PAGE);
	void *memory = mmap(NULL, pages, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (memory == MAP_FAILED)
		return NULL;
	(void)madvise(memory, pages, MADV_DONTDUMP);
	return memory;
}

void secret_free(void *memory, size_t size)
{
	size_t pages = align_up(size ? size : 1, PAGE);

	if (!memory)
		return;
	/* Anonymous pages are let go at once; locked ones are not, and then wiped here. */
	if (madvise(memory, pages, MADV_DONTNEED))
		explicit_bzero(memory, pages);
	(void)munmap(memory, pages);
}
