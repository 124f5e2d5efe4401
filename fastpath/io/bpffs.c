/* SPDX-License-Identifier: Apache-2.0 */

#include "fastpath/io/bpffs.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#define RUN_DIR "/run/sluice"
#define OUR_DIR "/run/sluice/bpf"

static bool is_bpffs(const char *path)
{
	struct statfs fs;

	return statfs(path, &fs) == 0 && (unsigned long)fs.f_type == BPF_FS_MAGIC;
}

static bool same_namespace(void)
{
	struct stat ours;
	struct stat first;

	return stat("/proc/self/ns/mnt", &ours) == 0 && stat("/proc/1/ns/mnt", &first) == 0 &&
	       ours.st_dev == first.st_dev && ours.st_ino == first.st_ino;
}

static int mount_here(void)
{
	if (mkdir(RUN_DIR, 0755) && errno != EEXIST)
		return -errno;
	if (mkdir(OUR_DIR, 0700) && errno != EEXIST)
		return -errno;
	if (mount("bpf", OUR_DIR, "bpf", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=0700"))
		return -errno;
	return 0;
}

/* A child moves to the mount namespace of process 1: we stay where we are. */
static int mount_in_first_namespace(void)
{
	int status;
	pid_t child = fork();

	if (child < 0)
		return -errno;
	if (child == 0) {
		int ns = open("/proc/1/ns/mnt", O_RDONLY | O_CLOEXEC);
		int err = ns < 0 || setns(ns, CLONE_NEWNS) ? -errno : mount_here();

		_exit(-err);
	}
	while (waitpid(child, &status, 0) < 0) {
		if (errno != EINTR)
			return -errno;
	}
	return WIFEXITED(status) ? -WEXITSTATUS(status) : -ECHILD;
}

static int find(char *path, size_t size)
{
	const char *asked = secure_getenv("LIBXDP_BPFFS");
	bool same = same_namespace();
	const char *root = same ? "" : "/proc/1/root";
	int err;

	if (asked && is_bpffs(asked)) {
		(void)snprintf(path, size, "%s", asked);
		return 0;
	}
	(void)snprintf(path, size, "%s/sys/fs/bpf", root);
	if (is_bpffs(path))
		return 0;
	(void)snprintf(path, size, "%s" OUR_DIR, root);
	if (is_bpffs(path))
		return 0;
	err = same ? mount_here() : mount_in_first_namespace();
	if (err)
		return err;
	return is_bpffs(path) ? 0 : -ENOENT;
}

int bpffs_find(char *path, size_t size)
{
	static char found[64];
	static int err = 1;

	if (err > 0)
		err = find(found, sizeof(found));
	(void)snprintf(path, size, "%s", found);
	return err;
}
