/* SPDX-License-Identifier: Apache-2.0 */

#include "fastpath/base/shm.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static int shm_fd(const char *name, size_t size, bool *kept)
{
	struct stat st;
	int fd = shm_open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	int err;

	if (fd < 0)
		return -errno;
	if (flock(fd, LOCK_EX | LOCK_NB)) {
		err = errno == EWOULDBLOCK ? -EBUSY : -errno;
		goto close;
	}
	if (fstat(fd, &st)) {
		err = -errno;
		goto close;
	}
	*kept = (size_t)st.st_size == size;
	if (!*kept && (ftruncate(fd, 0) || ftruncate(fd, (off_t)size))) {
		err = -errno;
		goto close;
	}
	return fd;
close:
	(void)close(fd);
	return err;
}

int shm_map(const char *name, size_t size, struct shm *out)
{
	int flags = name ? MAP_SHARED : MAP_PRIVATE | MAP_ANONYMOUS;
	int err;

	*out = (struct shm){.size = size, .fd = -1};
	if (name) {
		out->fd = shm_fd(name, size, &out->kept);
		if (out->fd < 0)
			return out->fd;
	}
	/* Populated now: no page fault later, and no surprise when memory runs short. */
	out->memory = mmap(NULL, size, PROT_READ | PROT_WRITE, flags | MAP_POPULATE, out->fd, 0);
	if (out->memory == MAP_FAILED) {
		err = -errno;
		out->memory = NULL;
		shm_unmap(out);
		return err;
	}
	(void)madvise(out->memory, size, MADV_HUGEPAGE);
	return 0;
}

void shm_clear(struct shm *shm)
{
	memset(shm->memory, 0, shm->size);
	shm->kept = false;
}

void shm_unmap(struct shm *shm)
{
	if (shm->memory)
		(void)munmap(shm->memory, shm->size);
	if (shm->fd >= 0)
		(void)close(shm->fd);
	*shm = (struct shm){.fd = -1};
}

int shm_remove(const char *name)
{
	return shm_unlink(name) ? -errno : 0;
}
